"""What a panel gets to know of itself after a round: all of it that every sheet has in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from innosi.forecast.feedback.charts import Chart
from innosi.forecast.languages.language import Language
from innosi.forecast.questions import Question
from innosi.forecast.statistics.change import Change
from innosi.forecast.statistics.descriptive import Description, Level
from innosi.forecast.statistics.rules import Verdict
from innosi.forecast.study import Study

ABOVE, BELOW, OTHER = "above", "below", "other"
"""On which side of the panel's median the author of an argument answered."""


@dataclass(frozen=True, slots=True)
class GroupFeedback:
    """One group that may be shown, or the whole panel.

    Attributes
    ----------
    title : str
    n : int
        How many of it answered.
    description : Description
    words : str
        Its median and quartiles.
    strip : Markup
        The same, drawn.
    """

    title: str
    n: int
    description: Description
    words: str
    strip: Markup


@dataclass(frozen=True, slots=True)
class AspectFeedback:
    """A question with one number for an answer, or a part of one that has several.

    Attributes
    ----------
    question : Question
    title : str
        Of the scale or option; '' where the question has no parts.
    n, n_never : int
        How many answered, and how many of those said that the year never comes.
    answers : mapping of panellist to float
        The one number for which each answer stands; infinite for never.
    description : Description, optional
        None where too few gave a number.
    distribution : tuple of Level
    chart : Chart, optional
        None of an option, which is a line among others.
    groups : tuple of GroupFeedback
        The whole panel first, where anything may be shown.
    verdict : Verdict
    change : Change, optional
        None in the first round, where too few answered both, and where it would give somebody away.
    consensus, change_words, why_no_change : str
        Of the whole panel; '' where there is nothing to say.
    """

    question: Question
    title: str
    n: int
    n_never: int
    answers: Mapping[str, float] = field(repr=False)
    description: Description | None
    distribution: tuple[Level, ...]
    chart: Chart | None
    groups: tuple[GroupFeedback, ...]
    verdict: Verdict
    change: Change | None
    consensus: str = ""
    change_words: str = ""
    why_no_change: str = ""


@dataclass(frozen=True, slots=True)
class OptionFeedback:
    """What the panel says of one option, beside the others of its question.

    Attributes
    ----------
    name, title : str
    value : float
        Its mean rank, share, mean points, or priority.
    before : float
        The same in the round before; NaN where that cannot be shown.
    words, before_words : str
    middle : str
        From where to where the middle half of the answers goes; '' of a choice.
    chart : Chart
    aspect : AspectFeedback, optional
        None of a choice, whose options have no answers of their own.
    """

    name: str
    title: str
    value: float
    before: float
    words: str
    before_words: str
    middle: str
    chart: Chart
    aspect: AspectFeedback | None = None


@dataclass(frozen=True, slots=True)
class SharedArgument:
    """An argument as the panel may read it; `authors` are kept to tell them that it is theirs.

    `said_by` says how many gave it in the same words, where that may be told.
    """

    text: str
    category: str
    votes: str
    round: int
    authors: frozenset[str] = field(repr=False)
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """The arguments of those on one side of the median, ready to be read."""

    side: str
    title: str
    arguments: tuple[SharedArgument, ...]


@dataclass(frozen=True, slots=True)
class SharedText:
    """An answer to an open question; `author` is kept to leave it out of their own sheet."""

    text: str
    author: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class QuestionFeedback:
    """What the panel gets to know of one question.

    Attributes
    ----------
    number : int
        Its place on the sheet.
    n : int
        How many answered.
    is_shown : bool
        Whether enough answered; if not, nothing but this and the text of the question is told.
    rows : mapping of panellist to their own answer
        The values of each part; of an open question the text stands in `texts`.
    aspects : tuple of AspectFeedback
        Those with enough answers; empty where the question has options.
    withheld : tuple of str
        Titles of parts that too few answered.
    options : tuple of OptionFeedback
        The first choice first.
    consensus, change_words : str
        Of a question with options, as a whole.
    sides : tuple of Side
    side_title : str
        Of which part the sides are; '' where it has no parts.
    texts : tuple of SharedText
    own_texts : mapping of panellist to text
        What each answered to an open question.
    is_kept_back : bool
        Whether nothing is shown because somebody was erased since it was shown last.
    carried_from : str
        Title of the snapshot that is shown still, as too few answered anew since; '' for none.
    """

    question: Question
    number: int
    n: int
    is_shown: bool
    rows: Mapping[str, tuple[float, ...]] = field(repr=False)
    aspects: tuple[AspectFeedback, ...] = ()
    withheld: tuple[str, ...] = ()
    options: tuple[OptionFeedback, ...] = ()
    consensus: str = ""
    change_words: str = ""
    sides: tuple[Side, ...] = ()
    side_title: str = ""
    texts: tuple[SharedText, ...] = ()
    own_texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_kept_back: bool = False
    carried_from: str = ""

    def texts_of_others(self, panellist: str) -> tuple[SharedText, ...]:
        """Return the answers to an open question that somebody else gave; none where too few answered."""
        return tuple(each for each in self.texts if self.is_shown and each.author != panellist)


@dataclass(frozen=True, slots=True, eq=False)
class PanelFeedback:
    """All that a round's sheets have in common.

    Attributes
    ----------
    study : Study
        In the language of the sheets.
    number : int
        The round.
    language : Language
    n_asked, n_answered : int
        Panellists on the list (or, without a list, with an answer), and with an answer to anything.
    questions : tuple of QuestionFeedback
        Those that anybody answered in the round.
    """

    study: Study
    number: int
    language: Language
    n_asked: int
    n_answered: int
    questions: Sequence[QuestionFeedback]

    @property
    def minimum(self) -> int:
        """The smallest number of answers of which anything is shown."""
        return self.study.panel.minimum_group_size
