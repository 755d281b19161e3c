"""Reading a register of signals: its signals, their clusters, and the votes on them."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from innosi.models.errors import Fault, InputFaults
from innosi.scenarios.construction.signals.clustering import (
    Parted,
    distinguishing_terms,
    near_identical,
    part,
)
from innosi.scenarios.construction.signals.register import Cluster, Register, Signal, Votes
from innosi.scenarios.construction.signals.register_file import (
    SCHEMES,
    SIGNAL_KEYS,
    ClusterSection,
    RegisterFile,
    VoteSection,
)
from innosi.scenarios.construction.signals.register_rows import (
    Written,
    checked,
    table_of,
    written_in_file,
    written_in_table,
)
from innosi.scenarios.construction.signals.similarity import term_weights, words_in
from innosi.scenarios.construction.signals.voting import rank_votes
from innosi.scenarios.loading.document import Document
from innosi.scenarios.loading.imports import at_key, located
from innosi.scenarios.loading.validation import nearest, validate
from innosi.scenarios.tables.columns import Row, Table, number_in

MOST_SIGNALS = 2_000
"""Every signal is compared with every other."""
VOTE_COLUMNS = ("participant", "signal", "votes")
_UNSORTED = {"theme": "without a theme", "driver": "without a driver", "text": "without words"}


def register_from(document: Document) -> Register:
    """Return the register that a file of method `signals` stands for.

    Raises
    ------
    InputFaults
        If anything in it, or in the tables that it names, is wrong: every fault with its line and key.
    """
    section = validate(RegisterFile, document)
    found = section.categories
    categories = SCHEMES[found] if isinstance(found, str) else tuple(found)
    signals = checked(_written(document, section), categories, document.source)
    by, clusters, parted, alike = _clusters(document, section.clusters, signals)
    votes = _votes(document, section.votes, signals) if section.votes else None
    return Register(section.title, categories, signals, clusters, by, parted, alike, votes)


def _written(document: Document, section: RegisterFile) -> list[Written]:
    written, faults = list(written_in_file(document, section.signals)), []
    for number, each in enumerate(section.tables):
        table = at_key(document, ("tables", number), table_of, document, each, SIGNAL_KEYS, ("name",))
        more, wrong = written_in_table(table)
        written += more
        faults += wrong
    if faults:
        raise InputFaults(document.source, faults)
    if not written:
        raise InputFaults(
            document.source,
            [Fault("holds no signals; write them under `signals:`, or name `tables:`", "signals", 1)],
        )
    if len(written) > MOST_SIGNALS:
        problem = f"holds {len(written):,} signals; {MOST_SIGNALS:,} are compared at most: part it"
        raise InputFaults(document.source, [Fault(problem, "tables", document.line_of(("tables",)))])
    return written


Clustered = tuple[str, tuple[Cluster, ...], Parted | None, tuple[tuple[str, str, float], ...]]


def _clusters(document: Document, section: ClusterSection, signals: Mapping[str, Signal]) -> Clustered:
    shown = {name: each for name, each in signals.items() if each.is_shown}
    weighted = term_weights([_terms(each) for each in shown.values()])
    names = tuple(shown)
    alike = tuple(
        (names[i], names[j], cosine) for i, j, cosine in near_identical(weighted, at_least=section.alike)
    )
    by = section.by or ("theme" if all(each.theme for each in signals.values()) else "text")
    if by != "text":
        if section.number is not None:
            key = ("clusters", "number")
            raise InputFaults(document.source, [located(document, key, "is for `by: text`; take it away")])
        return by, _grouped(signals, by), None, alike
    parted = at_key(document, ("clusters",), part, weighted, n_clusters=section.number)
    labels = np.full(len(signals), -1)
    labels[[list(signals).index(name) for name in names]] = parted.labels
    titles = [", ".join(each) for each in distinguishing_terms(weighted, parted.labels)]
    members = [
        [name for name, at in zip(signals, labels, strict=True) if at == label]
        for label in range(len(titles))
    ]
    rest = [name for name, at in zip(signals, labels, strict=True) if at < 0]
    clusters = [Cluster(title, tuple(each)) for title, each in zip(_apart(titles), members, strict=True)]
    if rest:
        clusters.append(Cluster(_UNSORTED["text"], tuple(rest)))
    return by, tuple(clusters), parted, alike


def _terms(signal: Signal) -> list[str]:
    """The words of a signal, and its tags, which count as much again as they are somebody's choice."""
    return [
        *words_in(f"{signal.title} {signal.what}"),
        *(word for tag in signal.tags for word in words_in(tag)),
    ]


def _apart(titles: list[str]) -> list[str]:
    """Titles, numbered where two are the same or one has no word."""
    return [
        title if title and titles.count(title) == 1 else f"{title or 'cluster'} {number}"
        for number, title in enumerate(titles, start=1)
    ]


def _grouped(signals: Mapping[str, Signal], by: str) -> tuple[Cluster, ...]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name, each in signals.items():
        groups[getattr(each, by) or _UNSORTED[by]].append(name)
    order = sorted(groups, key=lambda title: (title == _UNSORTED[by], -len(groups[title])))
    return tuple(Cluster(title, tuple(groups[title])) for title in order)


def _votes(document: Document, section: VoteSection, signals: Mapping[str, Signal]) -> Votes:
    key = ("votes", "table")
    table = at_key(document, key, table_of, document, section.table, VOTE_COLUMNS, VOTE_COLUMNS)
    dots, faults = _counted(table, signals, section.dots)
    if faults:
        raise InputFaults(document.source, faults)
    participants = tuple(dict.fromkeys(who for who, _ in dots))
    names = tuple(signals)
    given = np.array([[dots.get((who, name), 0) for name in names] for who in participants], dtype=np.int64)
    ranking = at_key(document, key, rank_votes, given, seed=section.seed)
    return Votes(participants, names, given, section.dots, ranking)


def _counted(
    table: Table, signals: Mapping[str, Signal], budget: int
) -> tuple[dict[tuple[str, str], int], list[Fault]]:
    dots: dict[tuple[str, str], int] = {}
    spent: dict[str, int] = defaultdict(int)
    faults: list[Fault] = []
    for row in table.rows:
        who, name = row.cells["participant"], row.cells["signal"]
        problem = _vote_problem(row, signals, dots)
        if problem:
            faults.append(table.fault(row, *problem))
            continue
        dots[who, name] = int(number_in(row.cells["votes"]) or 0)
        before = spent[who]
        spent[who] += dots[who, name]
        if before <= budget < spent[who]:
            over = f"here {who} has given {spent[who]} dots, and may give {budget}; take some back"
            faults.append(table.fault(row, "votes", over))
    return dots, faults


def _vote_problem(
    row: Row, signals: Mapping[str, Signal], dots: Mapping[tuple[str, str], int]
) -> tuple[str, str] | None:
    who, name, votes = (row.cells[column] for column in VOTE_COLUMNS)
    if not who:
        return "participant", "is missing; say who voted, by a pseudonym"
    if name not in signals:
        return "signal", f"found '{name}', which the register has not{nearest(name, signals)}"
    if (who, name) in dots:
        return "signal", f"{who} has voted for '{name}' on an earlier row; add the dots up in one"
    number = number_in(votes)
    if number is None or number < 0 or not number.is_integer():
        return "votes", f"found '{votes}'; write a whole number of dots, 0 or more"
    return None
