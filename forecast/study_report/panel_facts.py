"""What is known of the panel: who was asked, who answered, and what they were promised."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from innosi.forecast.statistics.attrition import Attrition, attrition
from innosi.forecast.statistics.groups import shown_groups
from innosi.forecast.study_report.record import Record
from innosi.forecast.study_report.values import Block, Listing, Paragraph, Table
from innosi.forecast.study_report.wording import count, number, of_all, percent

SIMULATED = "The panel is simulated: no people answered. Nothing here says what people think."


def recruitment(record: Record) -> Iterator[Block]:
    """Yield how many were on the list, agreed, joined later, and left."""
    history = record.history
    if not history.n_listed:
        return
    sentences = [f"{count(history.n_listed, 'person', 'people').capitalize()} stood on the panel’s list."]
    if history.n_consented:
        sentences.append(f"{number(history.n_consented)} are on record as having agreed to take part.")
    for before, after in pairwise(record.rounds):
        came = after.n_invited - (before.n_invited - before.n_withdrawn)
        if came > 0:
            sentences.append(f"{number(came)} joined after round {before.number}.")
    if history.n_withdrawn:
        sentences.append(f"{number(history.n_withdrawn)} withdrew.")
    if history.n_erased:
        sentences.append(f"At their request the data of {number(history.n_erased)} were deleted.")
    if record.study.privacy.consent:
        sentences.append(f"Who took part agreed to this: “{record.study.privacy.consent}”")
    yield Paragraph(" ".join(sentences))


def expertise(record: Record) -> Iterator[Block]:
    """Yield the groups and fields that the panel was to have, and the panel as it came out."""
    panel = record.study.panel
    if panel.groups:
        yield from _counted(record, "Groups of the panel", panel.groups, record.history.by_group)
    if panel.expertise:
        fields = {
            name: sum(each.get(name, 0) for each in record.history.by_expertise.values())
            for name in panel.expertise
        }
        yield from _counted(record, "Fields of expertise on the panel", panel.expertise, fields)


def _counted(
    record: Record, caption: str, titles: Mapping[str, str], counts: Mapping[str, int]
) -> Iterator[Block]:
    """Yield how many panellists are in each group that may be shown; the titles alone where none may."""
    found = {name: counts[name] for name in titles if counts.get(name)}
    ungrouped = sum(n for name, n in counts.items() if name not in titles)
    shown = shown_groups(found, minimum=record.minimum, ungrouped=ungrouped)
    if not found:
        yield Listing(tuple(titles.values()))
        return
    rows = tuple(
        (title, number(found[name]) if name in shown else "not shown") for name, title in titles.items()
    )
    notes = (
        f"Not shown: {record.few}, or to be worked out from the others." if len(shown) < len(titles) else ""
    )
    yield Table(
        caption, ("Group" if "Groups" in caption else "Field", "Panellists"), rows, frozenset({1}), notes
    )


def response(record: Record) -> Iterator[Block]:
    """Yield how many could answer each round, and did; and whether those who left differed."""
    if not record.rounds:
        return
    rows = tuple(
        (
            each.title or f"Round {each.number}",
            number(each.n_invited),
            of_all(each.n_answered, each.n_invited),
            of_all(each.n_complete, each.n_invited),
            number(each.n_withdrawn),
            number(each.n_late_answers),
        )
        for each in record.rounds
    )
    columns = ("Round", "On the panel", "Answered", "Answered everything", "Withdrew", "Late answers")
    notes = (
        "In brackets: of those on the panel, who had not withdrawn. Late answers came after the close and "
        "are not counted."
    )
    yield Table("Response by round", columns, rows, frozenset(range(1, 6)), notes)
    yield from _groups_by_round(record)
    yield from _leavers(record)


def _groups_by_round(record: Record) -> Iterator[Block]:
    titles = record.study.panel.groups
    answered = {
        each.number: _shown_in_round(record, each.n_answered_by_group, each.n_answered)
        for each in record.rounds
    }
    shown = [name for name in titles if any(name in each for each in answered.values())]
    if not shown:
        return
    rows = tuple(
        (titles[name], *(number(each[name]) if name in each else "–" for each in answered.values()))
        for name in shown
    )
    columns = ("Group", *(record.round_title(each) for each in answered))
    notes = f"–: {record.few} answers, or to be worked out from the others."
    yield Table("Answers by group", columns, rows, frozenset(range(1, len(columns))), notes)


def _shown_in_round(record: Record, counts: Mapping[str, int], n_answered: int) -> dict[str, int]:
    known = {name: n for name, n in counts.items() if name in record.study.panel.groups and n}
    ungrouped = max(n_answered - sum(known.values()), 0)
    return {name: known[name] for name in shown_groups(known, minimum=record.minimum, ungrouped=ungrouped)}


def _leavers(record: Record) -> Iterator[Block]:
    if len(record.answers.rounds) < 2:
        return
    found = attrition(record.study, record.answers, record.answers.rounds[-1])
    stayed = [
        f"Of the {number(each.n_earlier)} who answered round {each.since}, {number(each.n_stayed)} "
        f"({percent(each.n_stayed / each.n_earlier)}) answered round {each.round}."
        for each in found.passages
    ]
    yield Paragraph(" ".join([*stayed, _whether_leavers_differed(found)]))


def _whether_leavers_differed(found: Attrition) -> str:
    test = found.distance
    if test.reason:
        return f"Whether those who left had answered otherwise cannot be told: {test.reason}."
    said = (
        "had stood further from the median"
        if test.p_value < 0.05
        else "are not shown to have answered otherwise"
    )
    return f"Those who left before the last round {said} ({test.name}, p = {test.p_value:.2g})."


_PROMISES = (
    ("controller", "Responsible for the data"),
    ("purpose", "What answers are used for"),
    ("legal_basis", "Legal basis"),
    ("retention", "How long names and addresses are kept"),
    ("consent", "What panellists agreed to"),
)


def promises(record: Record) -> Iterator[Block]:
    """Yield how anonymity was kept, and what panellists were promised about their data."""
    if record.study.panel.is_simulated:
        yield Paragraph(SIMULATED)
    kept = (
        "Panellists answered under pseudonyms, and did not learn who else was on the panel from "
        "innosi. Names "
        "and addresses are kept apart from answers. Nothing is shown of a group or a question with "
        f"{record.few} answers, nor what could be worked out from the rest."
    )
    gone = " Names and addresses have since been deleted." if record.history.is_anonymised else ""
    yield Paragraph(kept + gone)
    privacy = record.study.privacy
    said = [(title, getattr(privacy, name)) for name, title in _PROMISES]
    found = tuple(f"{title}: {text.strip()}" for title, text in said if text.strip())
    if found:
        yield Listing(found)
