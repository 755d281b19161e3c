"""How what came in differs from what is kept: what is new, what is otherwise, and what is no longer there."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from innosi.forecast.answers.values import Answer, Answers, Place, Rejection
from innosi.forecast.people.pseudonyms import as_written
from innosi.forecast.study import Study

Proposed = tuple[int, str, str]
"""A round, a panellist, and the question that they miss."""


@dataclass(frozen=True, slots=True)
class RoundImport:
    """What an import did to one round.

    Attributes
    ----------
    n_added, n_same, n_changed : int
        Answers that are new, that were kept already, and that count now in the place of others.
    n_taken_back : int
        Kept answers that the round's table no longer holds, and that count no longer.
    n_absent : int
        Kept answers that are not in the table, and stay.
    """

    number: int
    n_added: int
    n_same: int
    n_changed: int
    n_taken_back: int
    n_absent: int


@dataclass(frozen=True, slots=True)
class Said:
    """What came in and was found sound, and what was not.

    Attributes
    ----------
    answers : Answers
    consents : mapping of pseudonym to bool
    proposals : tuple of (round, pseudonym, text)
    rejections : tuple of Rejection
    is_of_forms : bool
        Whether it says nothing of what it does not hold; else it is the whole of its rounds.
    """

    answers: Answers
    consents: Mapping[str, bool] = field(default_factory=dict)
    proposals: tuple[Proposed, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    is_of_forms: bool = False

    def __bool__(self) -> bool:
        return bool(self.answers.by_place or self.consents or self.proposals)


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of the same.

    Attributes
    ----------
    answers : Answers
        With which those that came in are compared, by the rounds that these are of.
    consents : mapping of pseudonym to bool
        What everybody said last, to whatever text.
    agreed : mapping of pseudonym to bool
        What was said last to the text as it is now.
    proposals : set of (pseudonym, text)
    """

    answers: Answers
    consents: Mapping[str, bool] = field(default_factory=dict)
    agreed: Mapping[str, bool] = field(default_factory=dict)
    proposals: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """How what came in differs from what is kept.

    Attributes
    ----------
    added : tuple of Answer
    changed : tuple of (Answer, Answer)
        As kept, and as it is said now.
    n_same : mapping of round to int
    absent : tuple of Place
        Kept, and not among what came in.
    consents : mapping of pseudonym to bool
        Said anew, or otherwise than before.
    changed_consents : tuple of str
        Who said otherwise before.
    proposals : tuple of (round, pseudonym, text)
        Not proposed before.
    """

    added: tuple[Answer, ...]
    changed: tuple[tuple[Answer, Answer], ...]
    n_same: Mapping[int, int]
    absent: tuple[Place, ...]
    consents: Mapping[str, bool]
    changed_consents: tuple[str, ...]
    proposals: tuple[Proposed, ...]

    @property
    def fresh(self) -> tuple[Answer, ...]:
        """The answers that are to be kept."""
        return (*self.added, *(now for _, now in self.changed))

    @property
    def is_nothing(self) -> bool:
        """Whether all that came in is kept already."""
        return not (self.added or self.changed or self.consents or self.proposals)

    def rounds(self, taken_back: Iterable[Place] = ()) -> tuple[RoundImport, ...]:
        """Return what an import does to each round, if it takes some of what is absent back."""
        added = Counter(each.round for each in self.added)
        changed = Counter(now.round for _, now in self.changed)
        back = Counter(number for number, _, _ in taken_back)
        absent = Counter(number for number, _, _ in self.absent)
        numbers = sorted({*added, *changed, *self.n_same})
        return tuple(
            RoundImport(
                each,
                n_added=added[each],
                n_same=self.n_same.get(each, 0),
                n_changed=changed[each],
                n_taken_back=back[each],
                n_absent=absent[each] - back[each],
            )
            for each in numbers
        )


def difference_of(said: Said, known: Known) -> Difference:
    """Return how what came in differs from what is kept.

    Of forms only those whose forms they are have answers that are absent.
    """
    added, changed, n_same = [], [], Counter[int]()
    for place, now in said.answers.by_place.items():
        was = known.answers.by_place.get(place)
        if was is None:
            added.append(now)
        elif was == now:
            n_same[now.round] += 1
        else:
            changed.append((was, now))
    whose = {who for _, who, _ in said.answers.by_place} if said.is_of_forms else None
    consents = {who: agrees for who, agrees in said.consents.items() if known.agreed.get(who) != agrees}
    return Difference(
        tuple(added),
        tuple(changed),
        n_same,
        tuple(
            place
            for place in known.answers.by_place
            if place not in said.answers.by_place and (whose is None or place[1] in whose)
        ),
        consents,
        tuple(who for who, agrees in consents.items() if known.consents.get(who, agrees) != agrees),
        tuple(each for each in said.proposals if each[1:] not in known.proposals),
    )


def taken_back(absent: Iterable[Place], said: Said, study: Study) -> tuple[Place, ...]:
    """Return which of the answers that a round's table does not hold it takes back.

    Forms take none back. No table takes back what a rejected row of it may have said again, nor what somebody
    said who withdrew since: that stays until they ask for its erasure.
    """
    if said.is_of_forms:
        return ()
    spared = {_spared(each, study) for each in said.rejections}
    return tuple(
        (number, who, question)
        for number, who, question in absent
        if who not in study.panel.withdrawn
        and spared.isdisjoint(((who, question), (who, ""), ("", question), ("", "")))
    )


def _spared(rejection: Rejection, study: Study) -> tuple[str, str]:
    """Whose answer, to which question, a rejected row may have been; '' where it may be anybody's, or any."""
    members, typed = study.panel.members, rejection.panellist
    who = typed if typed in members or not members else as_written(typed)
    question = rejection.question.partition(".")[0]
    return who if not members or who in members else "", question if question in study.questions else ""
