"""Where a study stands: it is a list of dated steps, and all else follows from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, get_args

State = Literal["draft", "open", "closed", "feedback", "finished"]
Transition = Literal["open", "snapshot", "close", "feedback", "finish"]
Settled = Literal["accepted", "dropped"]
StepKind = Literal[
    "open", "snapshot", "close", "feedback", "finish", "undo", "settle", "reinstate", "deadline"
]
Mode = Literal["rounds", "real_time"]

TRANSITIONS: tuple[Transition, ...] = get_args(Transition)
_AFTER: Mapping[str, State] = {
    "open": "open",
    "snapshot": "open",
    "close": "closed",
    "feedback": "feedback",
    "finish": "finished",
}
_WORDS: Mapping[str, str] = {
    "draft": "has not begun",
    "open": "is open",
    "closed": "is closed",
    "feedback": "has given its feedback",
    "finished": "is finished",
}
NEXT: Mapping[State, str] = MappingProxyType(
    {
        "draft": "open its first round: innosi delphi open STUDY",
        "open": "close the round first: innosi delphi close STUDY",
        "closed": "give the panel its feedback first: innosi delphi feedback STUDY --to feedback",
        "feedback": (
            "open the next round (innosi delphi open STUDY), or finish the study (innosi delphi finish STUDY)"
        ),
        "finished": "undo the end of the study first, if it was a mistake: innosi delphi undo STUDY",
    }
)
"""What a facilitator does next."""


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step in the life of a study.

    Attributes
    ----------
    kind : str
        `open`, `snapshot`, `close`, `feedback`, `finish`: transitions; `undo` of the last of them; `settle`
        or `reinstate` a question; `deadline` moved.
    at : datetime
        UTC.
    round : int
        The round that it is about; 0 for the study as a whole.
    question : str
        Of `settle` and `reinstate`.
    settled : {'accepted', 'dropped', ''}
    because : str
        Why, in the facilitator's words.
    deadline : date, optional
        Of `open` and `deadline`.
    by : str
        Who did it.
    """

    kind: StepKind
    at: datetime
    round: int = 0
    question: str = ""
    settled: Settled | Literal[""] = ""
    because: str = ""
    deadline: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """That a question is asked no longer: accepted or dropped, after which round, and why."""

    settled: Settled
    round: int
    because: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """That a question was not asked after one round, until another one was over."""

    settlement: Settlement
    until: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a study stands.

    Attributes
    ----------
    n_rounds : int
        How many rounds its file plans; of a real-time study, the most snapshots.
    mode : {'rounds', 'real_time'}
    state : str
        `draft`, `open`, `closed`, `feedback` or `finished`.
    round : int
        The round that is open or was last; 0 in a draft.
    opened, closed, fed_back : mapping of round to datetime
    finished : datetime, optional
    deadlines : mapping of round to date
    settled : mapping of question to Settlement
    gaps : mapping of question to tuple of Gap
        Rounds in which a question that was asked again had not been asked.
    last : Step, optional
        The last transition that stands.
    latest : datetime, optional
        When the last step of any kind was taken.
    """

    n_rounds: int
    mode: Mode = "rounds"
    state: State = "draft"
    round: int = 0
    opened: Mapping[int, datetime] = field(default_factory=dict)
    closed: Mapping[int, datetime] = field(default_factory=dict)
    fed_back: Mapping[int, datetime] = field(default_factory=dict)
    finished: datetime | None = None
    deadlines: Mapping[int, date] = field(default_factory=dict)
    settled: Mapping[str, Settlement] = field(default_factory=dict)
    gaps: Mapping[str, tuple[Gap, ...]] = field(default_factory=dict)
    last: Step | None = None
    latest: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Whether a round was ever opened: from then on the study file may not change without a decision."""
        return self.state != "draft"

    def why_not_admitted(self, number: int, *, is_late: bool = False) -> str:
        """Say why answers to a round are not taken now; '' where they are.

        A study none of whose rounds was opened takes answers to any of them, as tables from elsewhere.
        """
        if not self.is_running:
            reason = "no round was opened yet, so nothing is late; leave --late out"
            return reason if is_late else ""
        if self.state == "open" and number == self.round:
            reason = f"round {number} is open, so nothing is late in it; leave --late out"
            return reason if is_late else ""
        if number in self.closed or (number < self.round and number not in self.opened):
            return "" if is_late else f"round {number} is closed{since(self.closed.get(number))}"
        return f"round {number} is not open yet; {self.in_words}"

    def mend_of(self, number: int) -> str:
        """Say what to do with answers to a round that are not taken now."""
        return "to keep late answers apart, say --late" if number in self.closed else self.next_in_words

    def is_asked(self, question: str) -> bool:
        """Whether a question is asked in the round that is open, or that opens next."""
        return question not in self.settled

    def why_not_asked(self, question: str, number: int) -> str:
        """Say why a question was not asked in a round; '' where it was."""
        found = [each.settlement for each in self.gaps.get(question, ()) if number <= each.until]
        found += [self.settled[question]] if question in self.settled else []
        reasons = [f"was {each.settled} after round {each.round}" for each in found if each.round < number]
        return next(iter(reasons), "")

    @property
    def in_words(self) -> str:
        """Where the study stands, as a sentence without its full stop."""
        if self.state in ("draft", "finished"):
            return f"the study {_WORDS[self.state]}"
        return f"round {self.round} {_WORDS[self.state]}"

    @property
    def advice(self) -> str:
        """What a facilitator does next, where nothing went wrong."""
        if self.state == "finished":
            return "write its report: innosi delphi report STUDY"
        if self.state == "open" and self.mode == "real_time":
            return "take a snapshot: innosi delphi snapshot STUDY; at the end: innosi delphi close STUDY"
        if self.state == "open":
            return "import its answers, remind the others, then close it: innosi delphi close STUDY"
        return self.next_in_words

    @property
    def next_in_words(self) -> str:
        """What has to come next, for whoever tried something else."""
        if self.state == "feedback" and self.round >= self.n_rounds:
            return "finish the study: innosi delphi finish STUDY"
        return NEXT[self.state]


def since(at: datetime | None) -> str:
    """Say since when something is so; '' where that is not known."""
    return "" if at is None else f" since {at:%Y-%m-%d %H:%M} UTC"


def progress_of(steps: Iterable[Step], *, n_rounds: int, mode: Mode = "rounds") -> Progress:
    """Return where a study stands after its steps, oldest first; what was undone leaves no trace here."""
    steps = tuple(steps)
    transitions: list[Step] = []
    settled: dict[str, Settlement] = {}
    gaps: dict[str, tuple[Gap, ...]] = {}
    deadlines: dict[int, date] = {}
    for step in steps:
        if step.deadline:
            deadlines[step.round] = step.deadline
        if step.kind in TRANSITIONS:
            transitions.append(step)
        elif step.kind == "undo":
            undone = transitions.pop()
            if undone.kind == "open":
                deadlines.pop(undone.round, None)
            elif undone.kind in ("close", "snapshot"):  # what is asked again is asked in what is open again
                gaps = {name: _ending(each, undone.round - 1) for name, each in gaps.items()}
        elif step.kind == "settle" and step.settled:
            settled[step.question] = Settlement(step.settled, step.round, step.because)
        elif step.kind == "reinstate":
            found = settled.pop(step.question, None)
            is_open = bool(transitions) and _AFTER[transitions[-1].kind] == "open"
            gap = (Gap(found, step.round - is_open),) if found else ()
            gaps[step.question] = (*gaps.get(step.question, ()), *gap)
    last = transitions[-1] if transitions else None
    snapshots = {each.round: each.at for each in transitions if each.kind == "snapshot"}
    dates = {kind: {each.round: each.at for each in transitions if each.kind == kind} for kind in TRANSITIONS}
    return Progress(
        n_rounds=n_rounds,
        mode=mode,
        state=_AFTER[last.kind] if last else "draft",
        round=max((each.round + (each.kind == "snapshot") for each in transitions), default=0),
        opened=dates["open"] | {number + 1: at for number, at in snapshots.items()},
        closed=dates["close"] | snapshots,
        fed_back=dates["feedback"],
        finished=last.at if last and last.kind == "finish" else None,
        deadlines=deadlines,
        settled=settled,
        gaps=gaps,
        last=last,
        latest=steps[-1].at if steps else None,
    )


def _ending(gaps: tuple[Gap, ...], last: int) -> tuple[Gap, ...]:
    return tuple(replace(each, until=min(each.until, last)) for each in gaps)
