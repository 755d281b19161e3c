"""Which column of an export answers which question: by names and texts, and never by a silent guess."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from innosi.forecast.survey_tools.headings import Heading, squeezed
from innosi.forecast.survey_tools.targets import REASON, Asked, Target

ALIKE_ENOUGH = 0.6
"""From which likeness of two texts on a column is shown to the facilitator."""
_ONE_NUMBER = re.compile(r"^\D*(\d{1,3})\D*$")
_TRAILING_NUMBER = re.compile(r"\s*(?:\(\d+\)|\d+)$")
_ASKS_WHY = frozenset(
    {"why", "whynot", "reason", "reasons", "comment", "comments", "explanation", "rationale", "pleaseexplain"}
    | {"pleaseexplainyouranswer", "explainyouranswer", "whatisyourreason", "whydidyouanswerso"}
    | {"waarom", "toelichting", "kuntudittoelichten", "warum", "begründung", "pourquoi", "porqué", "perché"}
    | {"miksi", "perustelu", "varför", "dlaczego", "miért", "γιατί"}
)


@dataclass(frozen=True, slots=True)
class Match:
    """Columns that stand for one of ours, and how that is known; several hold the ranks of a ranking."""

    target: Target
    headings: tuple[Heading, ...]
    why: str


@dataclass
class Matching:
    """Columns found so far, and those that only the facilitator can place."""

    asked: Mapping[str, Asked]
    sure: dict[str, Match] = field(default_factory=dict)
    doubts: list[Match] = field(default_factory=list)

    def free(self, headings: Sequence[Heading]) -> list[Heading]:
        """Return the columns that are neither placed nor doubted."""
        used = {each.place for match in (*self.sure.values(), *self.doubts) for each in match.headings}
        return [each for each in headings if each.place not in used]

    def open(self, targets: Sequence[Target]) -> list[Target]:
        """Return the columns of ours for which there is none yet, not even a doubtful one."""
        known = {each.target.key for each in (*self.sure.values(), *self.doubts)}
        listed = {
            each.target.question.name
            for each in (*self.sure.values(), *self.doubts)
            if each.target.question.accepts_list and each.target.part != REASON
        }
        parted = {name for name in listed if name not in known}

        def is_open(target: Target) -> bool:
            """A list takes the place of its single options, and they of the list."""
            if target.key in known:
                return False
            name = target.question.name
            return target.part == REASON or name not in listed or (name in parted and not target.is_list)

        return [each for each in targets if is_open(each)]

    def has(self, question: str) -> bool:
        """Whether any answer to a question is placed."""
        return any(match.target.question.name == question for match in self.sure.values())


def match_columns(
    headings: Sequence[Heading],
    targets: Sequence[Target],
    asked: Mapping[str, Asked],
    holds_options: Callable[[Heading, Asked], bool],
) -> Matching:
    """Return which columns stand for which of ours.

    Parameters
    ----------
    holds_options : callable
        Whether a column's values are options (and not numbers): then the columns of a ranking are its ranks.
    """
    found = Matching(asked)
    _by_label(found, headings, targets)
    _by_rank(found, headings, targets, holds_options)
    _by_place(found, headings, targets)
    _by_part_alone(found, headings, targets)
    _reasons_that_follow(found, headings, targets)
    _alike(found, headings, targets)
    found.doubts.sort(key=lambda match: match.headings[0].place)
    return found


def _by_label(found: Matching, headings: Sequence[Heading], targets: Sequence[Target]) -> None:
    """Place columns that are called as ours are; two for one of ours, or one for two, are doubts."""
    labelled: dict[str, list[Target]] = defaultdict(list)
    for target in targets:
        for label in target.labels:
            labelled[label].append(target)
    hits = {
        each.place: {t.key: t for wording in each.wordings for t in labelled[squeezed(wording)]}
        for each in headings
    }
    n_columns: dict[str, list[Heading]] = defaultdict(list)
    for each in headings:
        for key in hits[each.place]:
            n_columns[key].append(each)
    for each in headings:
        possible = hits[each.place]
        for key, target in possible.items():
            if len(possible) == 1 and len(n_columns[key]) == 1:
                found.sure[key] = Match(target, (each,), _how(each, target))
            else:
                others = [other for other in possible if other != key]
                why = f"may also be {others[0]}" if others else f"one of {len(n_columns[key])} such columns"
                found.doubts.append(Match(target, (each,), why))


def _how(heading: Heading, target: Target) -> str:
    if heading.name in (target.key, target.question.name):
        return "the same name"
    if heading.name in target.texts or set(heading.texts) & set(target.texts):
        return "the same text"
    is_named = squeezed(heading.name).startswith(squeezed(target.question.name))
    return "the same name, but for its marks" if is_named else "the same text, but for its marks"


def _by_rank(
    found: Matching,
    headings: Sequence[Heading],
    targets: Sequence[Target],
    holds_options: Callable[[Heading, Asked], bool],
) -> None:
    """Place the columns of a ranking that hold the option on each rank: `first[1]`, `first[2]`, …"""
    for target in found.open(targets):
        asked = found.asked[target.question.name]
        if target.question.type != "ranking" or target.part != "value" or found.has(target.question.name):
            continue
        ranks: dict[int, Heading] = {}
        for heading in found.free(headings):
            for stem, part in heading.parted:
                number = _ONE_NUMBER.match(part)
                if squeezed(stem) in asked.stems and number and holds_options(heading, asked):
                    ranks.setdefault(int(number[1]), heading)
        n = len(target.question.options)
        if sorted(ranks) == list(range(1, n + 1)):
            columns = tuple(ranks[rank] for rank in range(1, n + 1))
            found.sure[target.key] = Match(target, columns, "a column for each rank")


def _by_place(found: Matching, headings: Sequence[Heading], targets: Sequence[Target]) -> None:
    """Doubt columns of a question whose parts are called otherwise, as many as there are parts open."""
    for name, asked in found.asked.items():
        parts = [
            each
            for each in found.open(targets)
            if each.question.name == name and each.part in asked.question.parts
        ]
        columns = [
            each
            for each in found.free(headings)
            if any(squeezed(stem) in asked.stems for stem, _ in each.parted)
        ]
        if len(parts) == len(columns):
            found.doubts += [
                Match(part, (column,), "by its place among the columns of the question")
                for part, column in zip(parts, columns, strict=True)
            ]


def _by_part_alone(found: Matching, headings: Sequence[Heading], targets: Sequence[Target]) -> None:
    """Doubt columns that are called as a part only, as Microsoft Forms calls statements; in order."""
    titled: dict[str, list[Target]] = defaultdict(list)
    for target in found.open(targets):
        asked = found.asked[target.question.name]
        if target.part not in ("value", REASON):
            for title in dict.fromkeys(map(squeezed, asked.titles(target.part))):
                titled[title].append(target)
    for heading in found.free(headings):
        for wording in (heading.name, _TRAILING_NUMBER.sub("", heading.name)):
            possible = [each for each in titled[squeezed(wording)] if each in found.open(targets)]
            if possible:
                why = "called as the part only" if len(possible) == 1 else "called as the part; by its place"
                found.doubts.append(Match(possible[0], (heading,), why))
                break


def _reasons_that_follow(found: Matching, headings: Sequence[Heading], targets: Sequence[Target]) -> None:
    """Doubt a column such as `Why?` or `Why? 2` for the reason of the question just before it."""
    before = ""
    reasons = {each.question.name: each for each in found.open(targets) if each.part == REASON}
    placed = {
        each.place: match.target.question.name
        for match in (*found.sure.values(), *found.doubts)
        for each in match.headings
    }
    for heading in headings:
        before = placed.get(heading.place, before)
        asks = any(squeezed(_TRAILING_NUMBER.sub("", each)) in _ASKS_WHY for each in heading.wordings)
        if heading.place not in placed and asks and before in reasons:
            found.doubts.append(Match(reasons.pop(before), (heading,), f"stands behind {before}"))


def _alike(found: Matching, headings: Sequence[Heading], targets: Sequence[Target]) -> None:
    """Doubt the column that is most like each of ours that is still open, the most alike pair first."""
    free = [(heading, list(map(_pairs_of_letters, heading.wordings))) for heading in found.free(headings)]
    open_ = [
        (target, list(map(_pairs_of_letters, (target.key.replace(".", " "), *target.texts))))
        for target in found.open(targets)
        if target.part != REASON
    ]
    alike = [
        (likeness, heading, target)
        for target, texts in open_
        for heading, wordings in free
        if (likeness := _likeness(wordings, texts)) >= ALIKE_ENOUGH
    ]
    taken: set[int] = set()
    for likeness, heading, target in sorted(alike, key=lambda each: -each[0]):
        if heading.place not in taken and found.open([target]):
            taken.add(heading.place)
            found.doubts.append(Match(target, (heading,), f"{likeness:.0%} alike"))


def _likeness(wordings: Sequence[frozenset[str]], texts: Sequence[frozenset[str]]) -> float:
    """Return Dice's coefficient of the pairs of letters of the two texts that are most alike."""
    return max(
        (
            2 * len(one & other) / (len(one) + len(other))
            for one in wordings
            for other in texts
            if one and other
        ),
        default=0.0,
    )


def _pairs_of_letters(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters within the words of a text.

    Examples
    --------
    >>> sorted(_pairs_of_letters("A garden"))
    ['a', 'ar', 'de', 'en', 'ga', 'rd']
    """
    words = re.findall(r"\w+", text.casefold().replace("_", " "))
    return frozenset(
        pair for word in words for pair in (map("".join, pairwise(word)) if word[1:] else [word])
    )
