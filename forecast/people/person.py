"""Somebody on the list of a panel, as the facilitator knows them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list of a panel; nothing of this is ever kept beside an answer.

    Attributes
    ----------
    name, email : str
        '' where not known; one of the two is always there.
    group : str
        Name of a group of the study; '' for none.
    expertise : tuple of str
        Names of fields of expertise.
    language : str
        Code of the language in which they are addressed; '' for the study's own.
    pseudonym : str
        Under which they answer; '' where it is still to be drawn.
    """

    name: str = ""
    email: str = ""
    group: str = ""
    expertise: tuple[str, ...] = ()
    language: str = ""
    pseudonym: str = ""
