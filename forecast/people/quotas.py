"""The design of a panel: how many people of each group and field are wanted, and how far it has come."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from innosi.forecast.panels.panel import Panel
from innosi.forecast.people.person import Person
from innosi.forecast.study import Study

Listed = Person | tuple[str, Sequence[str]]
"""Somebody, as the design counts them: a person, or a group's name and the names of fields."""
Cell = tuple[str, str]
COLUMNS = ("group", "expertise", "wanted", "on the list", "agreed", "answered", "missing")


@dataclass(frozen=True, slots=True)
class DesignRow:
    """One group, or the people of a group with one field of expertise.

    Attributes
    ----------
    group : str
        '' for people in no group.
    expertise : str
        '' for the group as a whole.
    wanted : int, optional
        None where the study sets no number.
    listed : int
    agreed, answered : int, optional
        Of those on the list; None where that is not known.
    """

    group: str
    expertise: str
    wanted: int | None
    listed: int
    agreed: int | None = None
    answered: int | None = None

    @property
    def n_missing(self) -> int:
        """How many are missing at the first step at which too few are left."""
        steps = (self.listed, self.agreed, self.answered)
        if self.wanted is None:
            return 0
        short = (self.wanted - step for step in steps if step is not None and step < self.wanted)
        return next(short, 0)


@dataclass(frozen=True, slots=True)
class PanelDesign:
    """How the panel comes out beside what the study wants; for those who run it, not for panellists.

    Somebody with two fields of expertise counts in both rows, and once in the group's: rows of fields do not
    add up to their group.

    Attributes
    ----------
    rows : tuple of DesignRow
        Group by group, in the order of the study file: the group as a whole, then its fields.
    panel : Panel
    """

    rows: tuple[DesignRow, ...]
    panel: Panel

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings of `table`."""
        return COLUMNS

    @property
    def table(self) -> tuple[tuple[object, ...], ...]:
        """Rows as people read them: titles in the place of names, None where nothing is known."""
        return tuple(
            (*self._titles(row), row.wanted, row.listed, row.agreed, row.answered, self._missing(row))
            for row in self.rows
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing, a sentence for each row that falls short."""
        return tuple(
            f"{', '.join(filter(None, self._titles(row)))}: {row.wanted} wanted, {self._missing(row)}"
            for row in self.rows
            if row.n_missing
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Groups that are too small for their results to be shown."""
        smallest = self.panel.minimum_group_size
        return tuple(
            f"{self._titles(row)[0]}: {row.listed} on the list; a group's results are shown from"
            f" {smallest} answers on"
            for row in self.rows
            if row.group and not row.expertise and row.listed < smallest
        )

    def _titles(self, row: DesignRow) -> tuple[str, str]:
        group = self.panel.groups.get(row.group) or row.group or "(no group)"
        return group, self.panel.expertise.get(row.expertise) or row.expertise

    @staticmethod
    def _missing(row: DesignRow) -> str:
        n, wanted = row.n_missing, row.wanted or 0
        if not n:
            return ""
        if row.listed < wanted:
            return f"{row.listed} on the list: invite {n} more"
        if row.agreed is not None and row.agreed < wanted:
            return f"{row.agreed} agreed: win {n} more, or invite others"
        return f"{row.answered} answered: remind those who have not"


def panel_design(
    listed: Iterable[Listed],
    study: Study,
    *,
    agreed: Iterable[Listed] | None = None,
    answered: Iterable[Listed] | None = None,
) -> PanelDesign:
    """Return how many people of each group and field are wanted, listed, have agreed, and have answered.

    Parameters
    ----------
    listed : iterable of Person, or of (group, fields)
        Those on the list. The fields are those of expertise, or any others by which the panel is looked at,
        such as interests.
    agreed, answered : iterable of the same, optional
        Those of them who agreed to take part, and who answered; None where that is not known.
    """
    on_list = _counts(listed)
    have_agreed, have_answered = (None if each is None else _counts(each) for each in (agreed, answered))
    rows = tuple(
        DesignRow(
            *cell,
            wanted=_wanted(study.panel, cell),
            listed=on_list[cell],
            agreed=None if have_agreed is None else have_agreed[cell],
            answered=None if have_answered is None else have_answered[cell],
        )
        for cell in _cells(study.panel, on_list)
    )
    return PanelDesign(rows, study.panel)


def _counts(people: Iterable[Listed]) -> Counter[Cell]:
    """How many there are in each group, and of each field in a group."""
    found: Counter[Cell] = Counter()
    for each in people:
        group, fields = (each.group, each.expertise) if isinstance(each, Person) else each
        found.update((group, field) for field in {"", *fields})
    return found


def _cells(panel: Panel, counts: Mapping[Cell, int]) -> Iterator[Cell]:
    """Yield the groups of the study and those that people are in besides, each with its fields that count."""
    groups = dict.fromkeys([*panel.groups, *sorted({group for group, _ in counts}, reverse=True)])
    fields = dict.fromkeys([*panel.expertise, *sorted({field for _, field in counts if field})])
    for group in groups:
        yield group, ""
        for field in fields:
            if (group, field) in counts or _wanted(panel, (group, field)) is not None:
                yield group, field


def _wanted(panel: Panel, cell: Cell) -> int | None:
    quota = panel.quotas.get(cell[0])
    if isinstance(quota, Mapping):
        return quota.get(cell[1])
    return quota if not cell[1] else None
