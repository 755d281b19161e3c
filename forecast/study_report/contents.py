"""The report of a study as values: each item of DELPHISTAR said, or asked for."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from types import MappingProxyType

from innosi.forecast.answers.values import Answers
from innosi.forecast.arguments import Argument
from innosi.forecast.history import StudyHistory
from innosi.forecast.study import Study
from innosi.forecast.study_report import method_facts, panel_facts
from innosi.forecast.study_report.flow_chart import flow_chart
from innosi.forecast.study_report.items import ADDRESS, DECLARATIONS, ITEMS, SOURCE, Item
from innosi.forecast.study_report.record import Record, record_of
from innosi.forecast.study_report.results import (
    at_a_glance,
    consensus_counts,
    differing_groups,
    question_results,
)
from innosi.forecast.study_report.values import (
    Block,
    Chart,
    ItemReport,
    Listing,
    Missing,
    Paragraph,
    StudyReport,
    Table,
)
from innosi.forecast.study_report.wording import count, number, of_all

Said = Iterable[Block]


def report_of(
    study: Study,
    history: StudyHistory,
    answers: Answers,
    *,
    arguments: Sequence[Argument],
    at: datetime,
    language: str = "en",
) -> StudyReport:
    """Return the report of a study, as of a moment.

    Parameters
    ----------
    study : Study
        With all questions that were ever asked, if their results are to be told.
    arguments : sequence of Argument
        Hidden ones are left out, and nobody is named as the author of one.
    language : str
        In which the study's own texts are taken, where it has them; the program's sentences are English.

    Notes
    -----
    Nothing is told of a question, or a part of one, with fewer answers than the study's smallest group, nor
    of such a group, nor of one that could be worked out from the others. Nobody's pseudonym stands in it.
    """
    own = study.in_language(language)
    record = record_of(own, history, answers, arguments)
    items = tuple(_item(record, item) for item in ITEMS)
    declared = tuple(_item(record, item) for item in DECLARATIONS)
    return StudyReport(
        title=_title_of(own),
        is_simulated=own.panel.is_simulated,
        language="en",
        own_language=own.language,
        at=at,
        authors=", ".join(filter(None, (own.contact.name, own.contact.organisation))),
        version=version("innosi"),
        items=items,
        declarations=declared,
        sources=(f"{SOURCE}. {ADDRESS}", *_sources_named(items)),
    )


def _item(record: Record, item: Item) -> ItemReport:
    own = _own_words(record, item.key)
    if own and item.key in _REPLACED:
        return ItemReport(item, own, is_answered=True)
    known = tuple(_FACTS[item.key](record)) if item.key in _FACTS else ()
    is_answered = bool(own) or (bool(known) and item.is_known and _is_complete(record, item.key))
    asked = () if is_answered else (Missing(item.key, item.asks),)
    return ItemReport(item, (*own, *known, *asked), is_answered)


_REPLACED = ("title", "abstract")
"""What the study says in their place is told alone."""


def _is_complete(record: Record, key: str) -> bool:
    """Return whether what the program knows of an item is all that the item asks for."""
    if key == "abstract":
        return bool(record.study.description and record.study.report.get("findings"))
    if key == "abstract_method":
        return "delphi" in record.study.report.get("abstract", "delphi").lower()
    return key != "analysis" or not method_facts.has_texts(record)


def _own_words(record: Record, key: str) -> tuple[Block, ...]:
    text = record.study.report.get(key, "").strip()
    paragraphs = (" ".join(each.split()) for each in re.split(r"\n\s*\n", text))
    return tuple(Paragraph(each, is_own=True) for each in paragraphs if each)


def _title_of(study: Study) -> str:
    title = " ".join(study.report.get("title", study.title).split())
    return title if "delphi" in title.lower() else f"{title}: a Delphi study"


def _title(record: Record) -> Said:
    yield Paragraph(_title_of(record.study))


def _abstract_method(record: Record) -> Said:
    if "delphi" in record.study.report.get("abstract", "delphi").lower():
        yield Paragraph("The abstract below says that this is a Delphi study.")


def _abstract(record: Record) -> Said:
    study, history = record.study, record.history
    if study.panel.is_simulated:
        yield Paragraph(panel_facts.SIMULATED)
    if study.description:
        yield Paragraph(" ".join(study.description.split()), is_own=True, heading="Background")
    listed = (
        f"; {count(history.n_listed, 'person', 'people')} stood on the panel’s list"
        if history.n_listed
        else ""
    )
    asked = count(len(study.questions), "question")
    yield Paragraph(
        f"A Delphi study of {count(len(record.rounds), 'round')} with {asked}{listed}.", heading="Method"
    )
    yield Paragraph(_results_in_short(record), heading="Results")
    findings = _own_words(record, "findings")
    if findings:
        yield Paragraph("See the main findings under Discussion.", heading="Discussion")


def _results_in_short(record: Record) -> str:
    answered = [
        f"round {each.number} was answered by {of_all(each.n_answered, each.n_invited)} "
        f"of {number(each.n_invited)} on the panel"
        for each in record.rounds
    ]
    reached, judged = consensus_counts(record)
    agreed = (
        f"{number(reached)} of {count(judged, 'rule')} of consensus were met in the end" if judged else ""
    )
    said = "; ".join(filter(None, (*answered, agreed)))
    return f"{said[0].upper()}{said[1:]}." if said else "No answers yet."


def _team(record: Record) -> Said:
    contact = record.study.contact
    who = ", ".join(filter(None, (contact.name, contact.organisation)))
    if who:
        yield Paragraph(f"The study is run by {who}.")


def _protocol(record: Record) -> Said:
    n = record.history.n_study_versions
    yield Paragraph(
        "Questions, rounds and rules of consensus stand in a study file "
        f"({count(n, 'version')}; SHA-256 of the newest: {record.study.sha256[:16]}…)."
    )


def _flow(record: Record) -> Said:
    chart = flow_chart(record.history, is_simulated=record.study.panel.is_simulated)
    yield Chart("Course of the study: the panel on the left, its questions on the right", chart)
    yield from method_facts.changes(record)


def _results(record: Record) -> Said:
    found = question_results(record)
    if not found:
        return
    reached, judged = consensus_counts(record)
    if judged:
        yield Paragraph(
            f"Consensus is reached by {number(reached)} of {number(judged)} rules in the end; a "
            "question in parts "
            "has a rule for each part."
        )
    table = at_a_glance(record)
    if table is not None:
        yield table
    differing = differing_groups(record)
    if differing:
        yield Paragraph("Groups differ (p after Holm below 0.05) on:")
        yield Listing(differing)
    yield from found


def _limitations(record: Record) -> Said:
    if record.study.panel.is_simulated:
        yield Paragraph(panel_facts.SIMULATED)


def _software(record: Record) -> Said:
    yield Paragraph(
        f"Panel, rounds, statistics and this report: innosi {version('innosi')} (free software, Apache-2.0). "
        f"Study file: SHA-256 {record.study.sha256}."
    )


_FACTS: Mapping[str, Callable[[Record], Said]] = MappingProxyType(
    {
        "title": _title,
        "abstract_method": _abstract_method,
        "abstract": _abstract,
        "team": _team,
        "protocol": _protocol,
        "expertise": panel_facts.expertise,
        "variant": method_facts.variant,
        "recruitment": panel_facts.recruitment,
        "questionnaire": method_facts.questionnaire,
        "n_rounds": method_facts.n_rounds,
        "round_aims": method_facts.rounds,
        "stopping": method_facts.stopping,
        "feedback_content": method_facts.feedback_content,
        "feedback_form": method_facts.feedback_form,
        "feedback_groups": method_facts.feedback_groups,
        "dissent": method_facts.dissent,
        "analysis": method_facts.analysis,
        "consensus": method_facts.consensus,
        "group_analysis": method_facts.group_analysis,
        "flow_chart": _flow,
        "deviations": method_facts.deviations,
        "response": panel_facts.response,
        "results": _results,
        "limitations": _limitations,
        "ethics": panel_facts.promises,
        "data_availability": _software,
    }
)
"""What the program knows of an item, in part or in full; see `Item.is_known`."""


def _sources_named(items: Iterable[ItemReport]) -> Iterator[str]:
    """Yield the sources that the program's sentences name, by author and year."""
    text = " ".join(_texts(items))
    for source in method_facts.SOURCES:
        author = source.split(",")[0].split(" (")[0].split(" et al")[0]
        if author in text:
            yield source


def _texts(items: Iterable[ItemReport]) -> Iterator[str]:
    for item in items:
        for block in item.blocks:
            if isinstance(block, Paragraph) and not block.is_own:
                yield block.text
            elif isinstance(block, Listing):
                yield from block.entries
            elif isinstance(block, Table):
                yield from (row[-1] for row in block.rows)
