"""The data of a study for others to work with: who said what is told by codes that lead to nobody."""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

from innosi.forecast.answers.tables import written
from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.arguments import Argument
from innosi.forecast.asked import rounds_as_asked
from innosi.forecast.people.pseudonyms import as_written
from innosi.forecast.questions import Question
from innosi.forecast.running import RunningStudy
from innosi.forecast.statistics.descriptive import Description
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.statistics.summary import QuestionSummary, summarise
from innosi.forecast.store.arguments import arguments_by_text, read_arguments, read_moderations
from innosi.forecast.store.names import BLOT, SHORTEST, Spotter, spotter_of
from innosi.forecast.store.opening import Transaction
from innosi.forecast.store.privacy import pseudonyms_within
from innosi.forecast.store.versions import read_study_version
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError

Value = str | int | float | None
Rounds = Mapping[int, tuple[Study, Answers]]
"""What each round asked, and all answers that may be compared with its own."""
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz"
"""Small letters alone: no spreadsheet takes a code for a number or a date, and nobody for a pseudonym."""
_CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class DataTable:
    """One table of an export.

    Attributes
    ----------
    name : str
        Of its file.
    about : str
    columns : mapping of name to meaning
    rows : tuple of tuple
    """

    name: str
    about: str
    columns: Mapping[str, str]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class StudyData:
    """The anonymised data of a study.

    Attributes
    ----------
    tables : tuple of DataTable
    provenance : mapping of what to text
    notes : tuple of str
        What a reader must know.
    n_blotted : int
        Texts in which somebody of the panel was named, and is not any more.
    """

    tables: tuple[DataTable, ...]
    provenance: Mapping[str, str]
    notes: tuple[str, ...]
    n_blotted: int


@dataclass(slots=True)
class _Veil:
    """What stands in the place of what would tell who somebody is.

    Attributes
    ----------
    codes : mapping of pseudonym to code
    groups : mapping of pseudonym to group
        '' for those in no group, or in one that may not be shown.
    numbers : mapping of an argument's number to its number in the export
    """

    codes: Mapping[str, str]
    groups: Mapping[str, str]
    numbers: Mapping[int, int]
    blotted: Callable[[str], str]
    texts: set[str] = field(default_factory=set)

    def text(self, text: str) -> str:
        """Return a text without the names and pseudonyms of the panel, and remember where there were some."""
        blotted = self.blotted(text)
        if blotted != text:
            self.texts.add(text)
        return blotted


def study_data(running: RunningStudy, *, at: datetime, randomness: random.Random) -> StudyData:
    """Return the data of a study, with no name, pseudonym or small group in them.

    Everybody has a code that is drawn for this export alone. A group is told where enough of it answered
    whatever any of it answered; reasons and arguments are as moderated, hidden ones left out, and names of
    the panel blotted out of them;
    arguments have new numbers, in a random order within their round.

    Parameters
    ----------
    at : datetime
        When it is made.
    randomness : random.Random
        `random.SystemRandom()`; a seeded one only where nobody's privacy rests on it.

    Raises
    ------
    AnswerError
        If there are no answers yet.
    """
    study = running.study
    with running.needed_store.reading() as transaction:
        rounds = rounds_as_asked(transaction, study)
        if not rounds:
            raise AnswerError("has no answers yet", mend="import some", where=str(study.path))
        answers = Answers.of(each for number, (_, all_) in rounds.items() for each in all_.in_round(number))
        arguments = [each for each in read_arguments(transaction) if each.question in study.questions]
        veil = _veil(transaction, study, answers, arguments, randomness)
        tables = (
            _answers_table(rounds, arguments_by_text(transaction), veil),
            _arguments_table(arguments, veil),
            _moderation_table(transaction, veil),
            _statistics_table(rounds),
        )
        provenance = _provenance(transaction, study, at)
    return StudyData(tables, provenance, _notes(study, veil), len(veil.texts))


def _veil(
    transaction: Transaction,
    study: Study,
    answers: Answers,
    arguments: Iterable[Argument],
    randomness: random.Random,
) -> _Veil:
    known = sorted(pseudonyms_within(transaction) | {who for _, who, _ in answers.by_place})
    codes = _drawn_codes(known, randomness)
    spotter = spotter_of(transaction)
    pseudonyms = Spotter.of(each for each in known if len(each) >= SHORTEST)
    order = sorted(arguments, key=lambda each: (each.round, randomness.random()))
    return _Veil(
        codes,
        _told_groups(study, answers),
        {each.number: place for place, each in enumerate(order, start=1)},
        lambda text: pseudonyms.blotted(spotter.blotted(text)),
    )


def _drawn_codes(known: Iterable[str], randomness: random.Random) -> dict[str, str]:
    """A code for everybody, drawn letter by letter: no two are the same, and none is a pseudonym."""
    known = tuple(known)
    taken = {as_written(each).casefold() for each in known}
    codes: dict[str, str] = {}
    for name in known:
        code = ""
        while not code or code in taken:
            code = "".join(randomness.choice(CODE_LETTERS) for _ in range(_CODE_LENGTH))
        taken.add(code)
        codes[name] = code
    return codes


def _told_groups(study: Study, answers: Answers) -> dict[str, str]:
    """The group of everybody whose group may be told: enough of it answered all that any of it answered.

    A code is the same in all its rows, so that a group which is told once is told of every question.
    """
    panel = study.panel
    told = set(panel.groups)
    for counts in () if panel.is_simulated else _counts_by_group(study, answers):
        ungrouped = sum(n for name, n in counts.items() if name not in panel.groups)
        grouped = {name: n for name, n in counts.items() if name in panel.groups}
        shown = shown_groups(grouped, minimum=panel.minimum_group_size, ungrouped=ungrouped)
        told -= set(grouped) - set(shown)
    everybody = {who for _, who, _ in answers.by_place}
    return {who: group for who in everybody if (group := panel.group_of(who)) in told}


def _counts_by_group(study: Study, answers: Answers) -> Iterable[Counter[str]]:
    """How many of each group answered each part of each question in each round; texts are no numbers."""
    counts: dict[tuple[int, str, int], Counter[str]] = defaultdict(Counter)
    for each in answers.by_place.values():
        question = study.questions.get(each.question)
        if question is None or question.type != "text":
            group = study.panel.group_of(each.panellist)
            for part, value in enumerate(each.values):
                counts[each.round, each.question, part][group] += not math.isnan(value)
    return counts.values()


def _answers_table(rounds: Rounds, said: Mapping[tuple[str, str, str], Argument], veil: _Veil) -> DataTable:
    rows = (
        row
        for number, (study, answers) in rounds.items()
        for answer in _in_order(study, answers.in_round(number), veil)
        for row in _answer_rows(study, answer, said, veil)
    )
    columns = {
        "round": "in which the answer was given, or the snapshot of a real-time study",
        "code": "who answered; drawn for this export alone, and the same in all its rows",
        "group": "of the panellist; empty where it is too small to be told",
        "question": "its name in the study file",
        "part": "of the answer, such as lower, best and upper, a scale, or an option",
        "value": "as a number; empty where the answer is no number",
        "text": "the option that was chosen, `never` of a year, or what was written to an open question",
        "reason": "in the panellist's words, as moderated; it stands with the first part",
    }
    return DataTable("answers", "one row a part of an answer", columns, tuple(rows))


def _in_order(study: Study, given: Iterable[Answer], veil: _Veil) -> list[Answer]:
    order = {name: place for place, name in enumerate(study.questions)}
    return sorted(given, key=lambda each: (veil.codes[each.panellist], order[each.question]))


def _answer_rows(
    study: Study, answer: Answer, said: Mapping[tuple[str, str, str], Argument], veil: _Veil
) -> Iterator[tuple[Value, ...]]:
    question = study.questions[answer.question]
    who = (veil.codes[answer.panellist], veil.groups.get(answer.panellist, ""))
    if question.type == "text":
        yield (answer.round, *who, question.name, "value", None, veil.text(answer.reason), "")
        return
    reason = _moderated(answer, said, veil)
    for part, value in zip(question.parts, answer.values, strict=True):
        if not math.isnan(value):
            yield (answer.round, *who, question.name, part, *_told(question, value), reason)
            reason = ""


def _told(question: Question, value: float) -> tuple[float | None, str]:
    is_number = question.type != "choice" and math.isfinite(value)
    return (float(value), "") if is_number else (None, written(question, value))


def _moderated(answer: Answer, said: Mapping[tuple[str, str, str], Argument], veil: _Veil) -> str:
    text = answer.reason.strip()
    argument = said.get((answer.question, answer.panellist, text))
    if argument is None:
        return veil.text(text)
    return "" if argument.is_hidden else veil.text(argument.text)


def _arguments_table(arguments: Iterable[Argument], veil: _Veil) -> DataTable:
    moderated = sorted(
        (each for each in arguments if not each.is_hidden), key=lambda a: veil.numbers[a.number]
    )
    rows = tuple(
        (
            veil.numbers[each.number],
            each.round,
            each.question,
            each.category,
            each.n_for,
            each.n_against,
            veil.text(each.text),
        )
        for each in moderated
    )
    columns = {
        "argument": "its number in this export",
        "round": "in which it was given",
        "question": "that it is about",
        "category": "into which moderation put it",
        "votes_for": "how many panellists voted for it",
        "votes_against": "how many voted against it",
        "text": "as moderated",
    }
    return DataTable("arguments", "one row an argument; hidden ones are left out", columns, rows)


def _moderation_table(transaction: Transaction, veil: _Veil) -> DataTable:
    """What was done; a text as edited stands with its argument, and one that was edited again nowhere."""
    acts = [each for each in read_moderations(transaction) if each.argument in veil.numbers]
    rows = tuple(
        (
            veil.numbers[each.argument],
            f"{each.at:%Y-%m-%d}",
            each.action,
            each.value if each.action == "categorise" else "",
            veil.text(each.because),
        )
        for each in acts
    )
    columns = {
        "argument": "its number in this export; a hidden one stands in no other table",
        "day": "on which it was done (UTC)",
        "action": "hide, show, edit or categorise",
        "category": "into which the argument was put",
        "because": "why, in the facilitator's words",
    }
    return DataTable("moderation", "one row an act of moderation, oldest first", columns, rows)


def _statistics_table(rounds: Rounds) -> DataTable:
    rows = tuple(
        row
        for number, (study, answers) in rounds.items()
        for each in summarise(study, answers, number)
        for row in _statistics(study, each)
    )
    columns = {
        "round": "",
        "question": "or a part of one, such as garden.desirability",
        "group": "empty for the whole panel",
        "n": "how many answered; of a group, how many gave a number",
        "n_never": "how many of the whole panel said that the year never comes",
        "median": "empty where there is none, or too few answered",
        "lower_quartile": "interpolated linearly (type 7)",
        "upper_quartile": "interpolated linearly (type 7)",
        "interquartile_range": "third quartile minus first",
        "consensus": "by the rule of the study file",
    }
    about = "one row a question and round, for the whole panel and for each group that is large enough"
    return DataTable("statistics", about, columns, rows)


def _statistics(study: Study, summary: QuestionSummary) -> Iterator[tuple[Value, ...]]:
    place, minimum = (summary.round, summary.question.name), study.panel.minimum_group_size
    if summary.n < minimum:
        yield (*place, "", summary.n, *[None] * 5, "")
        return
    figures = _figures(summary.description if summary.description.n >= minimum else None)
    is_judged = summary.description.n >= minimum or summary.question.measurement == "nominal"
    verdict = summary.verdict.word if is_judged else ""
    yield (*place, "", summary.n, summary.n_never, *figures, verdict)
    for group, description in summary.groups.items():
        yield (*place, group, description.n, None, *_figures(description), "")


def _figures(found: Description | None) -> tuple[float | None, ...]:
    if found is None or found.n == 0:
        return (None,) * 4
    return found.median, found.lower_quartile, found.upper_quartile, found.interquartile_range


def _provenance(transaction: Transaction, study: Study, at: datetime) -> dict[str, str]:
    kept = read_study_version(transaction)
    return {
        "study": study.title,
        "study key": transaction.key,
        "study file": f"{study.path.name}, sha256 {study.sha256}",
        "version of the study file": "none was kept" if kept is None else str(kept.number),
        "panel": "SIMULATED: no people answered" if study.panel.is_simulated else "people",
        "minimum group size": str(study.panel.minimum_group_size),
        "written": f"{at:%Y-%m-%d %H:%M} UTC",
        "innosi": version("innosi"),
    }


def _notes(study: Study, veil: _Veil) -> tuple[str, ...]:
    n, minimum = len(veil.texts), study.panel.minimum_group_size
    untold = [name for name in study.panel.groups if name not in veil.groups.values()]
    named = f"names or pseudonyms of the panel were found in {n} text{'s' if n != 1 else ''}" if n else ""
    return tuple(
        filter(
            None,
            (
                "answers are single people's, also to questions that few answered: who may see no single"
                " answers gets the statistics alone",
                "codes are drawn anew for every export; all the same, two exports of one study can be joined,"
                " as the same answers stand in both",
                f"statistics of fewer than {minimum} are left out; a group is told where {minimum} or more of"
                " it answered every question, in each round, that any of it answered, and no other group"
                " could be found by it",
                f"groups that are not told: {', '.join(untold)}" if untold else "",
                f"{named}; {BLOT} stands in their place" if named else "",
                "people may be recognised by what they wrote, or by answers that only they would give: read"
                " the texts before you hand them on; a search for names finds neither other forms of"
                " them, nor nicknames, nor misspellings",
            ),
        )
    )
