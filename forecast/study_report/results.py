"""What the panel answered, question by question and round by round, as far as it may be shown."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from innosi.forecast.answers.values import QuestionAnswers
from innosi.forecast.arguments import Argument
from innosi.forecast.questions import Question
from innosi.forecast.statistics.change import Change
from innosi.forecast.statistics.descriptive import Description, describe
from innosi.forecast.statistics.rules import Criterion, Verdict
from innosi.forecast.statistics.stopping import Assessment
from innosi.forecast.statistics.summary import change_since
from innosi.forecast.statistics.verdicts import verdict_of
from innosi.forecast.study_report.record import Record
from innosi.forecast.study_report.values import QuestionResult, ResultRow, Table
from innosi.forecast.study_report.wording import count, number, percent, sentence_of, shown, tight

WHOLE_RANKING = "All options together"
MOST_ARGUMENTS = 5
"""So many arguments are told of a question, those with most votes."""


def question_results(record: Record) -> tuple[QuestionResult, ...]:
    """Return what each question resulted in that anybody answered, in the order of the study."""
    found = (_result(record, question) for question in record.study.questions.values())
    return tuple(each for each in found if each.rows)


def _result(record: Record, question: Question) -> QuestionResult:
    rows = [row for number_ in record.answers.rounds for row in _rows(record, question, number_)]
    order = {title: place for place, title in enumerate(dict.fromkeys(row.part for row in rows))}
    arguments = _arguments(record, question)
    return QuestionResult(
        name=question.name,
        title=question.text,
        notes=tuple(_notes(record, question)),
        rows=tuple(sorted(rows, key=lambda row: order[row.part])),
        arguments=arguments[:MOST_ARGUMENTS],
        n_more_arguments=max(len(arguments) - MOST_ARGUMENTS, 0),
    )


def _notes(record: Record, question: Question) -> Iterator[str]:
    yield f"Asked for: {tight(asked_for(question))}."
    if question.rule is not None:
        yield f"In consensus where: {tight(str(question.rule))}."
    became = record.about(question.name)
    if became is None:
        return
    if became.from_proposal:
        yield f"Proposed by a panellist, and asked from round {became.added} on."
    for round_ in became.reworded:
        yield f"Worded anew from round {round_} on."
    if became.settled:
        after = f" after round {became.settled_after}" if became.settled_after else ""
        why = f": {became.settled_because}" if became.settled_because else ""
        yield sentence_of(f"{became.settled}{after}{why}")


def _rows(record: Record, question: Question, round_: int) -> Iterator[ResultRow]:
    given = record.answers.to(question, round_)
    title = record.round_title(round_)
    if not given.n:
        return
    if given.n < record.minimum:
        yield ResultRow("", title, record.few)
    elif question.type == "text":
        yield ResultRow("", title, number(given.n), "in words")
    else:
        yield from (_row(record, question, each, title) for each in given.aspects if each.n)
        if question.type == "ranking" and question.rule is not None:
            whole = _consensus(verdict_of(record.study, record.answers, given))
            yield ResultRow(WHOLE_RANKING, title, number(given.n), consensus=whole)


def _row(record: Record, question: Question, given: QuestionAnswers, title: str) -> ResultRow:
    part = "" if question.is_single else part_title(question, given.question)
    if given.n < record.minimum:
        return ResultRow(part, title, record.few)
    row = ResultRow(
        part,
        title,
        number(given.n),
        consensus=_of_part(question, _consensus(verdict_of(record.study, record.answers, given))),
        change=_change(record, given),
    )
    if given.question.measurement == "nominal":
        return replace(row, centre=_chosen_most(given))
    described = describe(given.central)
    if described.n < record.minimum:
        return replace(row, centre=_with_never("–", given), consensus="–", change="–")
    return replace(
        row,
        centre=_with_never(shown(given.question, described.median), given),
        middle_half=_middle_half(given.question, described),
        strip=_strip(given.question, described),
    )


def _chosen_most(given: QuestionAnswers) -> str:
    counts = given.tally.counts
    titles = list(given.question.options.values())
    return f"{titles[int(np.argmax(counts))]}, {percent(float(np.max(counts)) / given.n)}"


def _with_never(said: str, given: QuestionAnswers) -> str:
    return f"{said} ({number(given.n_never)} said never)" if given.n_never else said


def _middle_half(question: Question, described: Description) -> str:
    low, high = (shown(question, each) for each in (described.lower_quartile, described.upper_quartile))
    width = number(described.interquartile_range)
    if question.is_share or question.type == "probability":
        width = f"{number(described.interquartile_range * 100, 1)} points"
    return f"{low} to {high} ({width})"


def _strip(question: Question, described: Description) -> tuple[float, float, float] | None:
    low, high = question.bounds
    if low is None or high is None or high <= low:
        return None
    places = (described.lower_quartile, described.median, described.upper_quartile)
    return tuple(min(max((each - low) / (high - low), 0.0), 1.0) for each in places)  # type: ignore[return-value]


def _of_part(question: Question, consensus: str) -> str:
    """Return what is said of one option's consensus: nothing where the rule is about all options together."""
    return "–" if question.type == "ranking" and question.rule is not None else consensus


def _consensus(verdict: Verdict) -> str:
    word = {"yes": "reached", "no": "not reached"}.get(verdict.word, verdict.word)
    if isinstance(verdict.rule, Criterion) and verdict.is_reached is not None:
        found = verdict.findings[0]
        return tight(f"{word} ({found.criterion.shown(found.measure.value)})")
    return word


def _change(record: Record, given: QuestionAnswers) -> str:
    change = change_since(record.study, record.answers, given)
    if change is None:
        return "first round"
    if change.n_both < record.minimum:
        return "–"
    moved = f"{number(change.share_changed * 100, 0)}% changed"
    return moved if math.isnan(change.median) else f"{_median_change(given.question, change)} ({moved})"


def _median_change(question: Question, change: Change) -> str:
    value = change.median * 100 if question.is_share or question.type == "probability" else change.median
    written = number(value, 1 if question.is_share or question.type == "probability" else 2)
    return "as before" if written in ("0", "−0") else f"{'+' if value > 0 else ''}{written}"


def _arguments(record: Record, question: Question) -> tuple[str, ...]:
    if not any(record.answers.to(question, each).n >= record.minimum for each in record.answers.rounds):
        return ()
    about = [each for each in record.arguments if each.question == question.name]
    about.sort(key=lambda each: (each.n_against - each.n_for, each.text))
    return tuple(map(_argument, about))


def _argument(argument: Argument) -> str:
    if not argument.n_for and not argument.n_against:
        return argument.text
    votes = f"{count(argument.n_for, 'vote')} for, {number(argument.n_against)} against"
    return f"{argument.text} ({votes})"


def at_a_glance(record: Record) -> Table | None:
    """Return where each question (or part of one) stands in the end; None where nothing may be shown."""
    rows = tuple(_standing_rows(record))
    if not rows:
        return None
    return Table(
        "Where each question stands after the last round in which it was answered",
        ("Question", "Round", "n", "Median", "Consensus", "Stability", "Where the panel stands"),
        rows,
        frozenset({1, 2, 3}),
        "Stability is judged between two rounds, among those who answered both. A question that does not "
        "stand still, or was asked once, is open.",
    )


def _standing_rows(record: Record) -> Iterator[tuple[str, ...]]:
    """Yield a row for each question, or its text and then a row for each of its parts."""
    for question in record.study.questions.values():
        parts = [each for each in question.aspects if each.name in record.assessments]
        if parts and not question.is_single:
            yield (question.text,)
        for part in parts:
            title = question.text if question.is_single else part_title(question, part)
            yield _standing_row(record, question, title, record.assessments[part.name])
        whole = _whole_ranking(record, question)
        if whole is not None:
            given, verdict = whole
            row = (number(given.round), number(given.n), "–", _consensus(verdict), "–", "–")
            yield (WHOLE_RANKING, *row)


def part_title(question: Question, part: Question) -> str:
    """Return how a part of a question is called: the title of its scale or option."""
    return question.title_of(part.name.removeprefix(f"{question.name}."))


def _standing_row(record: Record, question: Question, title: str, found: Assessment) -> tuple[str, ...]:
    median = "–" if math.isnan(found.median) else shown(found.question, found.median)
    pairs = found.stability.pairs if found.stability else None
    is_known = pairs is None or pairs.n >= record.minimum
    return (
        title,
        number(found.round),
        number(found.n),
        median,
        _of_part(question, _consensus(found.consensus)),
        found.stability_word if is_known else "–",
        stands(found) if is_known else "–",
    )


def stands(found: Assessment) -> str:
    """Return where the panel stands on a question, in a word and with what shows it."""
    if found.standing.word == "continue":
        return "open"
    shown_by = [each for each in found.standing.reasons[1:] if "rule of consensus" not in each]
    word = {"bipolarity": "two camps"}.get(found.standing.word, found.standing.word)
    return tight(f"{word}: {'; '.join(shown_by)}") if shown_by else word


def differing_groups(record: Record) -> tuple[str, ...]:
    """Return the questions on which groups that may be shown differ, each with its p after Holm."""
    return tuple(
        f"{each.question.text} (p = {each.group_p:.2g})"
        for each in record.assessments.values()
        if each.group_p < 0.05
    )


def consensus_counts(record: Record) -> tuple[int, int]:
    """Return of how many questions (or parts) consensus is reached in the end, of how many with a rule."""
    verdicts = [each.consensus for each in record.assessments.values()]
    rankings = (_whole_ranking(record, question) for question in record.study.questions.values())
    verdicts += [found[1] for found in rankings if found is not None]
    judged = [each for each in verdicts if each.rule is not None]
    return sum(each.is_reached is True for each in judged), len(judged)


def _whole_ranking(record: Record, question: Question) -> tuple[QuestionAnswers, Verdict] | None:
    """Return a ranking's last answers with the verdict on all options together; None without such a rule."""
    rounds = [each for each in record.answers.rounds if record.answers.to(question, each).n]
    if question.type != "ranking" or question.rule is None or not rounds:
        return None
    given = record.answers.to(question, rounds[-1])
    return (given, verdict_of(record.study, record.answers, given)) if given.n >= record.minimum else None


def asked_for(question: Question) -> str:
    """Say how a question is answered, its options and scales by their titles."""
    titled = replace(
        question,
        options={title: title for title in question.options.values()},
        scales={question.title_of(name): scale for name, scale in question.scales.items()},
    )
    unit = question.unit or question.currency
    if not unit or question.type == "year":
        return titled.describe_answer()
    return f"{titled.describe_answer()}, in {unit}"
