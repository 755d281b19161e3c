"""What a report of a Delphi study has to say: the 38 items of DELPHISTAR, in our own words.

Source
------
Niederberger, Schifano, Deckert, Hirt, Homberg, Köberich, Kuhn, Rommel & Sonnberger (2024), Delphi studies in
social and health sciences—Recommendations for an interdisciplinary standardized reporting (DELPHISTAR), PLoS
One 19(8): e0304651, licensed CC BY 4.0.

Numbers, sections and order are those of the published checklist. What each item asks was worded anew, from
its example sentences in the edition that the EQUATOR Network keeps, and from a checklist that a published
study filled in; where these leave room, the original decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill
from types import MappingProxyType

from innosi.forecast.study import Study
from innosi.scenarios.loading.validation import nearest

SOURCE = (
    "Niederberger et al. (2024), Delphi studies in social and health sciences – Recommendations for an "
    "interdisciplinary standardized reporting (DELPHISTAR), PLoS One 19(8): e0304651"
)
ADDRESS = "https://doi.org/10.1371/journal.pone.0304651"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a report has to say.

    Attributes
    ----------
    number : int or None
        In DELPHISTAR, from 1 to 38; None of what innosi asks for beyond it.
    section, title : str
    asks : str
        What the text should tell, as a request.
    key : str
        Under which the study file says it, below `report`.
    is_known : bool
        Whether the program can say it itself, from the study and from what happened in it.
    """

    number: int | None
    section: str
    title: str
    asks: str
    key: str
    is_known: bool = False


TITLE, CONTEXT, METHOD, RESULTS, DISCUSSION = SECTIONS = (
    "Title and abstract",
    "Context",
    "Method",
    "Results",
    "Discussion",
)
_KNOWN = frozenset(
    {
        "title",
        "abstract_method",
        "abstract",
        "variant",
        "recruitment",
        "questionnaire",
        "n_rounds",
        "stopping",
        "feedback_content",
        "feedback_form",
        "feedback_groups",
        "dissent",
        "analysis",
        "consensus",
        "group_analysis",
        "flow_chart",
        "response",
        "results",
    }
)
"""What the program can say itself."""
_SAID: Mapping[str, tuple[tuple[str, str, str], ...]] = MappingProxyType(
    {
        TITLE: (
            ("title", "Delphi in the title", "Let the title say that this is a Delphi study."),
            (
                "abstract_method",
                "Delphi in the abstract",
                "Let the abstract say that this is a Delphi study.",
            ),
            (
                "abstract",
                "Structured abstract",
                "Sum the study up under headings such as background, method, results and discussion.",
            ),
        ),
        CONTEXT: (
            ("funding", "Funding", "Who paid for the study?"),
            (
                "team",
                "Team",
                "Who carried the study out and wrote this: from which disciplines and institutions?",
            ),
            (
                "method_advice",
                "Advice on method",
                "Did anybody advise the team on the Delphi method? Who, and on what?",
            ),
            (
                "project",
                "Project around the study",
                "Which project was the study a part of, and what was that project for?",
            ),
            (
                "protocol",
                "Study protocol",
                "Was there a protocol before the study began, and where can it be read?",
            ),
            ("rationale", "Why a Delphi study", "Why does the Delphi method fit the research question?"),
            ("aim", "Aim", "What was the study to bring about: agreement, judgements, ideas, a forecast?"),
        ),
        METHOD: (
            (
                "expertise",
                "Expertise wanted",
                "Which kinds of knowledge, experience and standpoint had to be on the panel, and why?",
            ),
            (
                "missing_perspectives",
                "Perspectives left out",
                "Which kinds of knowledge or standpoint were missing or left out on purpose, and how was "
                "that dealt with?",
            ),
            ("expert_definition", "Who counts as an expert", "What made somebody an expert here?"),
            (
                "variant",
                "Kind of Delphi study",
                "Which variant of the method was used, and what was changed in it?",
            ),
            (
                "variant_reasons",
                "Why this kind",
                "Why this variant and these changes, before the study and in its course?",
            ),
            (
                "selection",
                "Criteria of selection",
                "By which criteria were people chosen, and who was invited to the later rounds?",
            ),
            ("identification", "How experts were found", "Where and how were these people found?"),
            (
                "recruitment",
                "Recruitment",
                "How were they informed and invited, and were more recruited later?",
            ),
            (
                "questionnaire_development",
                "Origin of the questions",
                "From what were the questions developed: literature, interviews, a first open round?",
            ),
            ("questionnaire", "The questionnaire", "What was asked, in which form and in which order?"),
            ("n_rounds", "Number of rounds", "How many rounds were held?"),
            ("round_aims", "Aim of each round", "What was each round to bring about?"),
            ("stopping", "When to stop", "By which criterion did the study end, and why by that one?"),
            ("feedback_content", "What was fed back", "Which data did panellists get back after each round?"),
            (
                "feedback_form",
                "How it was fed back",
                "In which form were results given back: which measures and pictures, which words?",
            ),
            (
                "feedback_groups",
                "Feedback by group",
                "Was feedback given for the panel as a whole or by group?",
            ),
            (
                "dissent",
                "Handling of dissent",
                "What was done with questions on which the panel differed, or whose result was unclear?",
            ),
            ("analysis", "Analysis", "How were numbers analysed, and how were texts?"),
            (
                "consensus",
                "Definition of consensus",
                "When were answers taken to be in consensus, and how was that measured?",
            ),
            (
                "group_analysis",
                "Groups and weights",
                "Were groups of experts analysed apart, or experts weighted?",
            ),
        ),
        RESULTS: (
            ("flow_chart", "Course of the study", "Show the course of the study, such as in a flow chart."),
            (
                "deviations",
                "What went otherwise",
                "What went otherwise than planned, or happened outside, that may bear on the answers?",
            ),
            ("response", "Response by round", "How many were invited to each round, and how many took part?"),
            ("results", "Results by round", "What did each round result in?"),
        ),
        DISCUSSION: (
            ("findings", "Main findings", "What are the main findings?"),
            ("validity", "Validity", "How far do the results hold, and to what can they be carried over?"),
            (
                "reliability",
                "Reliability",
                "How far would the same be found again, by others or by another panel?",
            ),
            ("limitations", "Limits", "What limits the study?"),
        ),
    }
)


def _numbered() -> tuple[Item, ...]:
    rows = [(section, *said) for section, every in _SAID.items() for said in every]
    return tuple(
        Item(number, section, title, asks, key, key in _KNOWN)
        for number, (section, key, title, asks) in enumerate(rows, start=1)
    )


ITEMS = _numbered()
"""The 38 items of DELPHISTAR."""

DECLARATIONS_TITLE = "Declarations"
DECLARATIONS = (
    Item(
        None,
        DECLARATIONS_TITLE,
        "Ethics and data protection",
        "Did an ethics committee decide on the study? What were panellists promised about their data?",
        "ethics",
    ),
    Item(
        None,
        DECLARATIONS_TITLE,
        "Competing interests",
        "Which interests of the team, the funder or the panel bear on the results?",
        "competing_interests",
    ),
    Item(
        None,
        DECLARATIONS_TITLE,
        "Data and software",
        "Where can the data be had, and with what were they analysed?",
        "data_availability",
    ),
)
"""What journals ask for beside DELPHISTAR; not counted among its items."""

ITEM_BY_KEY: Mapping[str, Item] = MappingProxyType({item.key: item for item in (*ITEMS, *DECLARATIONS)})


def unknown_report_keys(study: Study) -> tuple[str, ...]:
    """Return a problem for each key below `report` that is no item: which one, and what was likely meant."""
    return tuple(
        f"report.{key}: is no item of the report{nearest(key, ITEM_BY_KEY)}"
        for key in study.report
        if key not in ITEM_BY_KEY
    )


def items_in_words() -> str:
    """Return all items with their keys and what each asks, for the command line."""
    lines = [
        "What a report of a Delphi study should say. innosi says what it knows (marked *). Write the rest",
        "in the study file, below `report`, as `KEY: text`; such a text is added to a marked item too.",
    ]
    for section in (*SECTIONS, DECLARATIONS_TITLE):
        beyond = " (beside DELPHISTAR)" if section == DECLARATIONS_TITLE else ""
        lines += ["", f"{section}{beyond}"]
        lines += [_in_words(item) for item in ITEM_BY_KEY.values() if item.section == section]
    return "\n".join([*lines, "", f"Source: {SOURCE}. In our own words. {ADDRESS}"])


def _in_words(item: Item) -> str:
    mark = "*" if item.is_known else " "
    first = f"{item.number or '':>4}{mark} {item.key:<26} "
    return fill(f"{item.title}: {item.asks}", 100, initial_indent=first, subsequent_indent=" " * len(first))
