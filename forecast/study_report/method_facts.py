"""What is known of the method: rounds, questions, feedback, consensus, and how answers were analysed."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from innosi.forecast.consensus_rules import NINE_LEVELS_ONLY, PRESETS
from innosi.forecast.questions import Question
from innosi.forecast.statistics.rules import Rule
from innosi.forecast.study_report.panel_facts import SIMULATED
from innosi.forecast.study_report.record import Record
from innosi.forecast.study_report.results import asked_for, part_title
from innosi.forecast.study_report.values import Block, Listing, Paragraph, Table
from innosi.forecast.study_report.wording import count, day, joined, number, sentence_of, tight

PRESET_SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "iqr": "von der Gracht (2012)",
        "percent-agreement": "Diamond et al. (2014)",
        "comet-70-15": "Williamson et al. (2017)",
        "rand-ucla": "Fitch et al. (2001)",
        "apmo": "Kapoor (1987), in von der Gracht (2012)",
    }
)
SOURCES = (
    "Dajani, Sincoff & Talley (1979), Stability and agreement criteria for the termination of Delphi "
    "studies, "
    "Technological Forecasting and Social Change 13(1)",
    "Diamond et al. (2014), Defining consensus, Journal of Clinical Epidemiology 67(4)",
    "Fitch et al. (2001), The RAND/UCLA Appropriateness Method User’s Manual",
    "Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of "
    "Statistics 6(2)",
    "Hyndman & Fan (1996), Sample quantiles in statistical packages, The American Statistician 50(4)",
    "Kapoor (1987), Systems approach to documentary maritime fraud",
    "von der Gracht (2012), Consensus measurement in Delphi studies, Technological Forecasting and Social "
    "Change 79(8)",
    "Williamson et al. (2017), The COMET Handbook: version 1.0, Trials 18(Suppl 3)",
)
"""What the program's own sentences may name; a report lists those that it does name."""


def variant(record: Record) -> Iterator[Block]:
    """Yield which kind of Delphi study this is."""
    if record.study.panel.is_simulated:
        yield Paragraph(SIMULATED)
    if record.study.mode == "real_time":
        yield Paragraph(
            "A real-time Delphi study: panellists could answer, see the panel’s answers and answer "
            "anew at any "
            f"time; {count(len(record.study.rounds), 'snapshot')} of the answers are read as rounds."
        )
        return
    yield Paragraph(
        f"A Delphi study, planned in the study file for {count(len(record.study.rounds), 'round')}. "
        "Panellists "
        "answered alone and under a pseudonym."
        + (" After feedback they could answer anew." if _fed_back(record) else "")
    )


def questionnaire(record: Record) -> Iterator[Block]:
    """Yield the questions in their order, with how they are answered and when they were asked."""
    asked = {
        name: [number(each.number) for each in record.rounds if name in each.questions]
        for name in record.study.questions
    }
    rows = tuple(
        (each.text, tight(sentence_of(asked_for(each))), ", ".join(asked[name]) or "–")
        for name, each in record.study.questions.items()
    )
    yield Table(
        "Questions, how they are answered, and in which rounds",
        ("Question", "Answer", "Rounds"),
        rows,
        frozenset({2}),
    )


def n_rounds(record: Record) -> Iterator[Block]:
    """Yield how many rounds were planned and held, and when."""
    closed = sum(each.closed is not None for each in record.rounds)
    planned, opened = len(record.study.rounds), len(record.rounds)
    still = f", {number(opened - closed)} of them still open" if opened > closed else ""
    yield Paragraph(f"{count(planned, 'round').capitalize()} planned, {number(opened)} held{still}.")


def rounds(record: Record) -> Iterator[Block]:
    """Yield each round with its days."""
    rows = tuple(
        (
            f"{each.number} {each.title}".strip(),
            *(day(at.date()) if at else "–" for at in (each.opened, each.closed, each.fed_back)),
            day(each.deadline) if each.deadline else "–",
        )
        for each in record.rounds
    )
    if rows:
        yield Table("Rounds", ("Round", "Opened", "Closed", "Fed back", "Last day to answer"), rows)


def stopping(record: Record) -> Iterator[Block]:
    """Yield when the study was to end, and when it did."""
    history = record.history
    said = f"The number of rounds was set at {number(len(record.study.rounds))} in the study file."
    if history.state == "finished" and record.rounds:
        on = f" on {day(history.finished.date())}" if history.finished else ""
        said += f" The study was closed for good{on}, after round {record.rounds[-1].number}."
    else:
        said += " The study is not finished: what is told here is how it stands."
    still = [each for each in record.assessments.values() if each.stability_word == "stable"]
    if still:
        said += (
            f" After its last round {number(len(still))} of {number(len(record.assessments))} answers (to a "
            "question or to a part of one) stood still."
        )
    yield Paragraph(said)


def _fed_back(record: Record) -> list[str]:
    return [
        f"round {each.number} ({day(each.fed_back.date())})"
        for each in record.rounds
        if each.fed_back is not None
    ]


def feedback_content(record: Record) -> Iterator[Block]:
    """Yield what panellists got to know after each round; nothing where no feedback is on record."""
    after = _fed_back(record)
    if not after:
        return
    yield Paragraph(
        f"Feedback was given after {joined(after)}. Of each question that enough had answered it held:"
    )
    voted_on = any(each.n_for or each.n_against for each in record.arguments)
    votes = ", with votes for and against" if voted_on else ""
    arguments = (f"what panellists said for and against, without names{votes}",) if record.arguments else ()
    yield Listing(
        (
            "the panel’s answers: how they are spread, the median, and the middle half",
            "the panellist’s own answer among them",
            "whether the panel is in consensus, where the study has a rule for that",
            "what changed since the round before",
            *arguments,
        )
    )


def feedback_form(record: Record) -> Iterator[Block]:
    """Yield in which form feedback was given."""
    if _fed_back(record):
        yield Paragraph(
            "Each panellist got a sheet of their own: for each question a chart of the answers with "
            "their own "
            "marked in it, the median and the quartiles in figures, and sentences that say the same. "
            f"Of questions with {record.few} answers nothing was shown."
        )


def feedback_groups(record: Record) -> Iterator[Block]:
    """Yield whether feedback was given by group."""
    if not _fed_back(record):
        return
    if record.study.panel.groups:
        yield Paragraph(
            "Feedback was given for the panel as a whole, and by group: "
            f"{joined(list(record.study.panel.groups.values()))}. Of a group with {record.few} "
            "answers nothing "
            "was shown, nor of one that could be worked out from the others."
        )
    else:
        yield Paragraph("Feedback was given for the panel as a whole.")


def dissent(record: Record) -> Iterator[Block]:
    """Yield what was done about dissent."""
    asked = [sum(name in each.questions for each in record.rounds) for name in record.study.questions]
    again = sum(n > 1 for n in asked)
    yield Paragraph(
        f"{count(again, 'question').capitalize()} of {number(len(asked))} "
        f"{'was' if again == 1 else 'were'} asked in more than one round. Dissent is reported as a "
        "result. Once "
        "answers stand still, it is told where the panel stands: in consensus, with a majority, in "
        "two camps, "
        "with a plurality, or in disagreement (the hierarchy of Dajani et al. 1979)."
    )


def consensus(record: Record) -> Iterator[Block]:
    """Yield each rule of consensus with the questions it is for, and where it comes from."""
    by_rule: dict[tuple[str, str], list[str]] = {}
    without: list[str] = []
    for question in record.study.questions.values():
        parts = question.aspects if question.type == "multi_rating" else (question,)
        for key in dict.fromkeys((str(each.rule), _source_of(each)) for each in parts):
            titles = [
                part_title(question, each) for each in parts if (str(each.rule), _source_of(each)) == key
            ]
            text = (
                question.text
                if question.is_single or len(parts) == 1
                else f"{question.text} ({joined(titles)})"
            )
            (by_rule.setdefault(key, []) if key[1] else without).append(text)
    if not by_rule:
        yield Paragraph("No rule of consensus was set, so that no consensus is claimed.")
        return
    yield Paragraph(
        "Answers are in consensus where the rule is met that the study file set for the question. Consensus "
        "that still moves between rounds is not taken for a result."
    )
    yield Table(
        "Rules of consensus",
        ("In consensus where", "Questions", "Source of the threshold"),
        tuple((tight(rule), "; ".join(texts), source) for (rule, source), texts in by_rule.items()),
        notes=sentence_of(f"Without a rule: {'; '.join(without)}") if without else "",
    )


def _source_of(question: Question) -> str:
    """Return where a question's rule comes from; '' where it has none."""
    if question.rule is None:
        return ""
    name = preset_of(question.rule, question)
    return f"{PRESET_SOURCES[name]}: rule “{name}”" if name else "the study’s own"


def preset_of(rule: Rule, question: Question) -> str | None:
    """Return the name of the rule in one word that is the same as a question's; None where none is."""
    scale = question.scale
    if scale is None:
        return None
    fitting = (name for name in PRESETS if name not in NINE_LEVELS_ONLY or scale == (1, 9))
    return next((name for name in fitting if PRESETS[name](scale) == rule), None)


def analysis(record: Record) -> Iterator[Block]:
    """Yield how numbers were analysed."""
    rules = sorted({str(each.stability.rule) for each in record.assessments.values() if each.stability})
    entries = [
        "Medians and quartiles: interpolated linearly (definition 7 of Hyndman & Fan 1996); a number never "
        "stands without how many answered.",
        "Answers in several parts stand for one number: a lowest, best and highest value for the best, an "
        "interval for its middle, quantiles for the median.",
        "Where the panel stands: the hierarchy of Dajani et al. (1979), judged once answers stand still.",
    ]
    if rules:
        entries.append(
            "Stability between two rounds, among those who answered both: stable when "
            f"{'; or when '.join(map(_readable, rules))} "
            "(of tests, p). That a test finds no difference is not taken for stability."
        )
    yield Listing(tuple(entries))


def _readable(rule: str) -> str:
    return rule.replace("_", " ").replace("<=", "≤").replace(">=", "≥")


def has_texts(record: Record) -> bool:
    """Return whether panellists answered in words too."""
    return bool(record.arguments) or any(each.type == "text" for each in record.study.questions.values())


def group_analysis(record: Record) -> Iterator[Block]:
    """Yield whether groups were analysed apart, and experts weighted."""
    if not record.study.panel.groups:
        yield Paragraph("The panel was analysed as a whole, and all panellists count alike.")
        return
    yield Paragraph(
        "Groups were compared question by question: two by Mann–Whitney’s test, more by that of Kruskal and "
        "Wallis, choices by χ²; p was corrected after Holm (1979) over the questions. Groups with "
        f"{record.few} answers were left out. All panellists count alike: none was weighted."
    )


def changes(record: Record) -> Iterator[Block]:
    """Yield what became of the questions: what was added, worded anew, accepted or dropped, and why."""
    opened = {each.number: each.opened for each in record.rounds}
    first = min(opened, default=1)

    def when(round_: int) -> str:
        at = opened.get(round_)
        return f"round {round_}, {day(at.date())}" if at else f"round {round_}"

    rows = []
    for each in record.history.questions:
        if each.added > first:
            rows.append(
                (each.text, "added", when(each.added), "proposed by the panel" if each.from_proposal else "–")
            )
        rows += [(each.text, "worded anew", when(round_), "–") for round_ in each.reworded]
        if each.settled:
            after = f"after round {each.settled_after}" if each.settled_after else "–"
            rows.append((each.text, each.settled, after, each.settled_because or "not stated"))
    if rows:
        yield Table("What became of the questions", ("Question", "Change", "When", "Why"), tuple(rows))


def deviations(record: Record) -> Iterator[Block]:
    """Yield what is on record as going otherwise than planned."""
    history = record.history
    said = []
    if history.n_study_versions > 1:
        said.append(f"The study file was changed in its course: {number(history.n_study_versions)} versions.")
    planned, held = len(record.study.rounds), len(record.rounds)
    if history.state == "finished" and held < planned:
        said.append(f"{number(held)} of {count(planned, 'planned round')} were held.")
    late = [
        f"round {each.number}"
        for each in record.rounds
        if each.deadline and each.closed and each.closed.date() > each.deadline
    ]
    if late:
        said.append(f"Closed later than announced: {joined(late)}.")
    if history.n_proposals:
        said.append(
            f"Panellists proposed {count(history.n_proposals, 'question')}, of which "
            f"{number(history.n_proposals_taken_up)} "
            f"{'was' if history.n_proposals_taken_up == 1 else 'were'} asked."
        )
    if said:
        yield Paragraph(" ".join(said))
