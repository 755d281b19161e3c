"""What panellists say in their own words for or against an answer."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Argument:
    """A reason or a comment of one panellist, as it may be shown to the others.

    Attributes
    ----------
    number : int
        By which facilitators and voters name it.
    round : int
        In which it was given.
    question : str
        Name of the question that it is about.
    author : str
        Pseudonym; never shown to panellists.
    text : str
        As moderated: what was taken out of it is gone from here, and stands in the log.
    at : datetime
        When it was given (UTC).
    category : str
        Name of a category of the study; '' for none.
    n_for, n_against : int
        How many panellists voted for and against it.
    is_hidden : bool
        Whether moderation took it out of what panellists see.
    """

    number: int
    round: int
    question: str
    author: str
    text: str
    at: datetime
    category: str = ""
    n_for: int = 0
    n_against: int = 0
    is_hidden: bool = False
