"""What can be wrong with a study file beyond each key by itself."""

from collections.abc import Iterator, Mapping

from innosi.forecast.languages.languages import LANGUAGES
from innosi.forecast.panels.panel import Panel
from innosi.forecast.questions import THREE_POINTS, Question
from innosi.forecast.study_file import PanelSection, StudyFile, TextsSection
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.validation import nearest

Problem = tuple[KeyPath, str]
MAX_PSEUDONYM = 100


def study_problems(file: StudyFile, panel: Panel, questions: Mapping[str, Question]) -> Iterator[Problem]:
    """Yield everything that is wrong with a study file, each with its key."""
    yield from _panel_problems(file.panel, panel)
    yield from _quota_problems(file.panel)
    yield from _import_problems(file, questions)
    yield from _language_problems(file)


def _panel_problems(section: PanelSection, panel: Panel) -> Iterator[Problem]:
    if section.members and section.members_file:
        yield ("panel", "members_file"), "stands beside members; keep one of them"
    for name, group in panel.members.items():
        if len(name) > MAX_PSEUDONYM:
            yield ("panel",), f"'{name[:20]}…' is longer than the {MAX_PSEUDONYM} characters of a pseudonym"
        if group and group not in panel.groups:
            place: KeyPath = ("panel", "members_file") if section.members_file else ("panel", "members", name)
            known = nearest(group, panel.groups) or "; name it under `groups`"
            yield place, f"'{name}' is in '{group}', which is no group{known}"


def _quota_problems(section: PanelSection) -> Iterator[Problem]:
    for group, wanted in section.quotas.items():
        if group not in section.groups:
            yield ("panel", "quotas", group), f"is no group{nearest(group, section.groups)}"
        for name in wanted if isinstance(wanted, dict) else ():
            if name not in section.expertise:
                known = nearest(name, section.expertise) or "; name it under `expertise`"
                yield ("panel", "quotas", group, name), f"is no field of expertise{known}"


def _import_problems(file: StudyFile, questions: Mapping[str, Question]) -> Iterator[Problem]:
    known = known_columns(questions)
    for name in file.import_.columns:
        if name not in known:
            yield ("import", "columns", name), f"is no column of ours{nearest(name, known)}"
    for name, number in file.import_.rounds.items():
        if not 1 <= number <= len(file.rounds):
            yield ("import", "rounds", name), f"there is no round {number}; the study has {len(file.rounds)}"
    titles = [each if isinstance(each, str) else each.title for each in file.rounds]
    for title in {title for title in titles if titles.count(title) > 1}:
        yield ("rounds",), f"'{title}' stands twice; give each round a title of its own"


def known_columns(questions: Mapping[str, Question]) -> tuple[str, ...]:
    """Return our names of all columns that a table of answers may have."""
    parts = {part: None for question in questions.values() for part in question.parts}
    about = ("panellist", "round", "question", "part", "value", "reason", "outcome", "consent", "proposal")
    long = (*about, *THREE_POINTS, *parts)
    wide = [
        column
        for name, question in questions.items()
        for column in (
            name,
            f"{name}.reason",
            *(f"{name}.{part}" for part in question.parts if part != "value"),
        )
    ]
    return tuple(dict.fromkeys((*long, *wide)))


def _language_problems(file: StudyFile) -> Iterator[Problem]:
    if file.language not in LANGUAGES:
        yield ("language",), _unknown_language(file.language)
    for code, texts in file.translations.items():
        if code not in LANGUAGES:
            yield ("translations", code), _unknown_language(code)
        elif code == file.language:
            yield ("translations", code), "is the language of the file itself; leave it out"
        yield from _translation_problems(code, texts, file)


def _unknown_language(code: str) -> str:
    return f"is no language that sheets can be written in{nearest(code, LANGUAGES)}"


def _translation_problems(code: str, texts: TextsSection, file: StudyFile) -> Iterator[Problem]:
    at: KeyPath = ("translations", code)
    for name in file.questions:
        if name not in texts.questions:
            yield at, f"lacks the question '{name}'; write its text under `questions`"
    named = (
        ("questions", texts.questions, file.questions, "question"),
        ("groups", texts.groups, file.panel.groups, "group"),
        ("argument_categories", texts.argument_categories, file.argument_categories, "category"),
    )
    for key, found, known, what in named:
        for name in found:
            if name not in known:
                yield (*at, key, name), f"is no {what} of the study{nearest(name, known)}"
    if texts.rounds and len(texts.rounds) != len(file.rounds):
        yield (*at, "rounds"), f"has {len(texts.rounds)} titles for {len(file.rounds)} rounds; give each one"
