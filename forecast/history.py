"""What happened in a study, in numbers that may be shown: who was asked, who answered, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class RoundHistory:
    """One round.

    Attributes
    ----------
    number : int
    title : str
    opened, closed, fed_back : datetime, optional
        When it was opened, closed, and its feedback released (UTC); None where that did not happen.
    deadline : date, optional
    n_invited : int
        Panellists who could have answered: on the panel, not withdrawn.
    n_answered : int
        Of those, how many answered at least one question in time.
    n_complete : int
        Of those, how many answered every question that was asked.
    n_late_answers : int
        Answers that came after the close; kept, and not counted.
    n_withdrawn : int
        Panellists who withdrew after this round had been opened and before the next one was.
    n_revisions : int
        Answers that took the place of earlier ones within the round.
    n_arguments : int
        Arguments that were given in it.
    n_answered_by_group : mapping of group to int
    questions : tuple of str
        Names of the questions that were asked in it.
    """

    number: int
    title: str
    opened: datetime | None = None
    closed: datetime | None = None
    fed_back: datetime | None = None
    deadline: date | None = None
    n_invited: int = 0
    n_answered: int = 0
    n_complete: int = 0
    n_late_answers: int = 0
    n_withdrawn: int = 0
    n_revisions: int = 0
    n_arguments: int = 0
    n_answered_by_group: Mapping[str, int] = field(default_factory=dict)
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionHistory:
    """What became of one question.

    Attributes
    ----------
    name, text : str
        The text in its newest version.
    added : int
        The round in which it was asked first.
    from_proposal : bool
        Whether a panellist proposed it.
    reworded : tuple of int
        Rounds from which on a new wording was asked.
    settled : str
        'accepted' or 'dropped'; '' while it is asked.
    settled_after : int, optional
        After which round.
    settled_because : str
    """

    name: str
    text: str
    added: int
    from_proposal: bool = False
    reworded: tuple[int, ...] = ()
    settled: str = ""
    settled_after: int | None = None
    settled_because: str = ""


@dataclass(frozen=True, slots=True)
class StudyHistory:
    """All of a study, in numbers.

    Attributes
    ----------
    key : str
        By which its sheets and files are told from those of other studies.
    state : str
        'draft', 'open', 'closed', 'feedback' or 'finished'.
    created, finished : datetime, optional
    n_listed : int
        People who were ever on the panel's list.
    n_withdrawn : int
        Of those, who withdrew.
    n_erased : int
        Of those, whose data were deleted at their request.
    n_consented : int
        Who agreed to take part, where consent was recorded.
    by_group : mapping of group to int
        Panellists of each group, withdrawn or not.
    by_expertise : mapping of group to mapping of field of expertise to int
        The panel's design as it came out.
    rounds : tuple of RoundHistory
    questions : tuple of QuestionHistory
    n_proposals, n_proposals_taken_up : int
        Questions that panellists proposed, and of those, how many were asked.
    n_study_versions : int
        How many versions of the study file were decided on.
    is_anonymised : bool
    log : tuple of (datetime, str)
        Every step of the study in words, oldest first.
    """

    key: str
    state: str
    created: datetime | None = None
    finished: datetime | None = None
    n_listed: int = 0
    n_withdrawn: int = 0
    n_erased: int = 0
    n_consented: int = 0
    by_group: Mapping[str, int] = field(default_factory=dict)
    by_expertise: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    rounds: tuple[RoundHistory, ...] = ()
    questions: tuple[QuestionHistory, ...] = ()
    n_proposals: int = 0
    n_proposals_taken_up: int = 0
    n_study_versions: int = 1
    is_anonymised: bool = False
    log: tuple[tuple[datetime, str], ...] = ()
