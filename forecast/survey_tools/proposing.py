"""A mapping for an export, proposed from its headings and values; what is not sure is left to people."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.forecast.survey_tools.headings import Heading, headings_of, n_header_rows, squeezed
from innosi.forecast.survey_tools.mapping_file import ColumnMapping
from innosi.forecast.survey_tools.matching import Match, Matching, match_columns
from innosi.forecast.survey_tools.respondents import (
    Setting,
    Values,
    is_service,
    which_round,
    which_rows,
    who_answered,
)
from innosi.forecast.survey_tools.targets import PROPOSAL, REASON, Asked, Target, asked_in, targets_of
from innosi.forecast.survey_tools.tools import Tool, ToolName, detect_tool
from innosi.forecast.survey_tools.translations import option_names, split_list, translate
from innosi.scenarios.tables.rows import cell_text, is_empty
from innosi.scenarios.tables.sheet import Sheet

SEPARATORS = (";", ", ", "|", ">")
_USUAL_SEPARATORS: Mapping[ToolName, str] = {"google_forms": ", ", "qualtrics": ","}
_NUMBER_WITH_COMMA = re.compile(r"^[-+]?\d+,(\d+)\s*%?$")
_NUMBER_WITH_POINT = re.compile(r"^[-+]?\d+\.\d+\s*%?$")
_PLAIN_NUMBER = re.compile(r"^\d+(?:[.,]\d+)?$")
_NOT_ANSWERED = "-99"
"""What Qualtrics writes for a question that was seen and not answered, where it is told to."""
_ASKS_FOR_MORE = re.compile(
    r"\b(?:other|further|additional|new|missing|forg[eo]t)\b.*\b(?:ideas?|questions?|topics?|statements?)\b"
    r"|\bwhat (?:did we|have we) (?:forget|forgotten|miss|missed)\b|\bsuggest",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line of a mapping file that only the facilitator can confirm.

    Attributes
    ----------
    path : tuple of str
        Where it belongs: `("panellist",)`, `("answers", "housing")`, or, of a value,
        `("answers", "housing", "values", "A1")`.
    value : object
        As it would stand in the file; None where nothing comes near.
    """

    path: tuple[str, ...]
    value: Any
    why: str


@dataclass(frozen=True, slots=True)
class ProposedMapping:
    """A mapping as far as it is sure, and everything that is not.

    Attributes
    ----------
    notes : mapping of path to text
        How each line of the mapping is known.
    doubts : tuple of Doubt
    unread : tuple of str
        Columns that nothing is made of, not even in doubt.
    without_column : tuple of str
        Questions of the study for which nothing was found.
    """

    tool: Tool
    mapping: ColumnMapping
    notes: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    unread: tuple[str, ...] = ()
    without_column: tuple[str, ...] = ()


@dataclass
class _Proposing:
    """What is gathered on the way to a proposed mapping."""

    study: Study
    tool: Tool
    headings: Sequence[Heading]
    values: Values
    asked: Mapping[str, Asked]
    data: dict[str, Any] = field(default_factory=dict)
    notes: dict[tuple[str, ...], str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def say(self, setting: Setting) -> None:
        """File a line under what is sure or what is not."""
        if setting.is_sure:
            self.data[setting.key] = setting.value
            self.notes[setting.key,] = setting.why
        else:
            self.doubts.append(Doubt((setting.key,), setting.value, setting.why))


def propose_mapping(sheet: Sheet, study: Study) -> ProposedMapping:
    """Return which columns of an export stand for which questions of a study, and what values stand for.

    Only what the study's own names and texts say is taken as sure; a likeness, a place in a list or a code
    is a doubt, and stands as a comment in the mapping's text.
    """
    tool, header_rows = detect_tool(sheet), n_header_rows(sheet)
    headings = headings_of(sheet, header_rows)
    values = _values_of(sheet, headings, header_rows)
    proposing = _Proposing(study, tool, headings, values, asked_in(study))
    proposing.data["tool"] = tool.name
    proposing.notes["tool",] = tool.why
    if header_rows > 1:
        proposing.say(Setting("header_rows", header_rows, "names, texts and marks of the tool"))
    targets = targets_of(study)
    matched = _matched(proposing, targets)
    _say_answers(proposing, matched, [target.key for target in targets])
    used = {each.name for match in matched.sure.values() for each in match.headings}
    others = [each for each in headings if each.name not in used]
    _say_settings(proposing, others, matched)
    return _proposed(proposing, matched)


def _values_of(sheet: Sheet, headings: Sequence[Heading], header_rows: int) -> Values:
    rows = sheet.rows[header_rows - 1 :]
    return {
        each.place: tuple(
            cell_text(row.cells[each.place]) for row in rows if not is_empty(row.cells[each.place])
        )
        for each in headings
    }


def _matched(proposing: _Proposing, targets: Sequence[Target]) -> Matching:
    """Return the columns that are placed; one that a tool has by itself is at most a doubt."""
    is_limesurvey = proposing.tool.name == "limesurvey"

    def holds_options(heading: Heading, _: Asked) -> bool:
        found = proposing.values[heading.place]
        return is_limesurvey or any(not _PLAIN_NUMBER.match(each) for each in found)

    columns = [each for each in proposing.headings if not is_service(each)]
    matched = match_columns(columns, targets, proposing.asked, holds_options)
    for heading in proposing.headings:
        for target in matched.open(targets):
            if is_service(heading) and squeezed(heading.name) in target.labels:
                why = f"or is it a column of {proposing.tool.title} itself?"
                matched.doubts.append(Match(target, (heading,), why))
    return matched


def _say_answers(proposing: _Proposing, matched: Matching, order: Sequence[str]) -> None:
    """File the columns that are placed, in the study's order, and then the doubtful ones, in the export's."""
    answers: dict[str, Any] = {}
    for key in (each for each in order if each in matched.sure):
        match, path = matched.sure[key], ("answers", key)
        section, doubts, why = _section(proposing, match)
        answers[key] = section
        proposing.notes[path] = match.why
        if why:
            proposing.notes[*path, "values"] = why
        proposing.doubts += [Doubt((*path, "values", found), ours, told) for found, ours, told in doubts]
    for match in matched.doubts:
        section, doubts, _ = _section(proposing, match)
        unsure = {found: ours for found, ours, _ in doubts}
        values = {**section.get("values", {}), **unsure}
        value = section | {"values": values} if values else section
        proposing.doubts.append(Doubt(("answers", match.target.key), value, match.why))
    proposing.data["answers"] = answers


def _section(
    proposing: _Proposing, match: Match
) -> tuple[dict[str, Any], list[tuple[str, str | None, str]], str]:
    """Return an answer's lines, its values that are not sure, and how the sure ones are known."""
    target, asked = match.target, proposing.asked[match.target.question.name]
    cells = [text for each in match.headings for text in proposing.values[each.place]]
    section: dict[str, Any] = {"column": match.headings[0].name}
    if len(match.headings) > 1:
        section = {"ranks": tuple(each.name for each in match.headings)}
    elif target.is_list:
        section["separator"] = _separator(proposing.tool, asked, cells)
        known = option_names(asked)
        cells = [option for text in cells for option in split_list(text, section["separator"], known)]
    found = translate(asked, target.part, cells)
    if found.values:
        section["values"] = dict(found.values)
    doubts = [(text, ours or None, why) for text, (ours, why) in found.doubts.items()]
    return section, doubts, found.why if found.values else ""


def _separator(tool: Tool, asked: Asked, cells: Sequence[str]) -> str:
    """Return what stands between options: what leaves the fewest texts that are no option."""
    known = option_names(asked)
    usual = _USUAL_SEPARATORS.get(tool.name, ";")
    candidates = dict.fromkeys((usual, *SEPARATORS))

    def n_unknown(separator: str) -> int:
        options = [option for text in cells for option in split_list(text, separator, known)]
        return sum(squeezed(option) not in known and not option.isdecimal() for option in options)

    return min(candidates, key=n_unknown)


def _say_settings(proposing: _Proposing, others: Sequence[Heading], matched: Matching) -> None:
    study, tool, values = proposing.study, proposing.tool.name, proposing.values
    for setting in (
        *who_answered(tool, others, values, study),
        *which_round(others, values, study),
        *which_rows(tool, others, values, study),
        *_number_settings(proposing, matched),
        *_proposal(others, matched),
    ):
        proposing.say(setting)


def _number_settings(proposing: _Proposing, matched: Matching) -> Iterator[Setting]:
    numbers = [
        (match, text)
        for match in (*matched.sure.values(), *matched.doubts)
        if match.target.part != REASON and _is_number_question(match.target.question)
        for each in match.headings
        for text in proposing.values[each.place]
    ]
    commas = [found[1] for _, text in numbers if (found := _NUMBER_WITH_COMMA.match(text))]
    points = [text for _, text in numbers if _NUMBER_WITH_POINT.match(text)]
    if commas:
        is_sure = not points and any(len(digits) != 3 for digits in commas)
        yield Setting("decimal", "comma", _why_commas(numbers, points, is_sure=is_sure), is_sure)
    for match, text in numbers:
        is_share = match.target.question.is_share or match.target.part == "confidence"
        if is_share and _PLAIN_NUMBER.match(text) and float(text.replace(",", ".")) > 1:
            why = f"{match.target.key} holds numbers above 1; are they percentages?"
            yield Setting("percentages", value=True, why=why, is_sure=False)
            break
    if any(_NOT_ANSWERED in found for found in proposing.values.values()):
        yield Setting("no_answer", (_NOT_ANSWERED,), "seen and not answered, in Qualtrics", is_sure=False)


def _why_commas(numbers: Sequence[tuple[Match, str]], points: Sequence[str], *, is_sure: bool) -> str:
    if is_sure:
        return "as numbers in it are written"
    if points:
        return "numbers are written with points and commas"
    text = next(text for _, text in numbers if _NUMBER_WITH_COMMA.match(text))
    fraction, thousand = text.replace(",", "."), text.replace(",", "")
    return f"it makes {fraction} of {text}; if {thousand} is meant, export numbers without commas"


def _is_number_question(question: Question) -> bool:
    return question.type in ("probability", "quantity", "year", "allocation", "pairwise")


def _proposal(others: Sequence[Heading], matched: Matching) -> Iterator[Setting]:
    doubted = {each.name for match in matched.doubts for each in match.headings}
    for each in others:
        if squeezed(each.name) in (PROPOSAL, "proposals"):
            yield Setting("proposal", each.name, "the same name")
            return
    for each in others:
        if each.name not in doubted and any(_ASKS_FOR_MORE.search(text) for text in each.wordings):
            yield Setting("proposal", each.name, "does it ask for more questions?", is_sure=False)
            return


def _proposed(proposing: _Proposing, matched: Matching) -> ProposedMapping:
    mapping = ColumnMapping.model_validate(proposing.data)
    used = {column for columns in mapping.columns.values() for column in columns}
    used |= {column for _, column in mapping.other_columns}
    used |= {name for doubt in proposing.doubts for name in _columns_in(doubt.value)}
    matches = (*matched.sure.values(), *matched.doubts)
    found = {match.target.question.name for match in matches if match.target.part != REASON}
    return ProposedMapping(
        proposing.tool,
        mapping,
        proposing.notes,
        tuple(proposing.doubts),
        tuple(each.name for each in proposing.headings if each.name not in used),
        tuple(name for name in proposing.study.questions if name not in found),
    )


def _columns_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from filter(None, (value.get("column"), *value.get("ranks", ())))
