"""Who answers: the panel, its groups, and what may be shown of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Panel:
    """The people who answer, known by pseudonyms.

    Attributes
    ----------
    is_simulated : bool
        Whether no people answered at all; every result says so.
    minimum_group_size : int
        The smallest number of answers of which a group's statistics are shown.
    groups : mapping of name to title
    members : mapping of pseudonym to group
        Empty where members are not listed: then anybody may answer. A member in no group has ''.
    expertise : mapping of name to title
        Fields of expertise that the panel should cover.
    quotas : mapping of group to int, or to a mapping of field of expertise to int
        How many panellists are wanted.
    withdrawn : set of pseudonyms
        Members who withdrew: what they answered counts, and no more is asked of them.
    """

    is_simulated: bool = False
    minimum_group_size: int = 5
    groups: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
    expertise: Mapping[str, str] = field(default_factory=dict)
    quotas: Mapping[str, int | Mapping[str, int]] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """`panel`, or `simulated panel`."""
        return "simulated panel" if self.is_simulated else "panel"

    def group_of(self, panellist: str) -> str:
        """Return a panellist's group, '' for none."""
        return self.members.get(panellist, "")
