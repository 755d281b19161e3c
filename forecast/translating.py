"""Which texts of a study lack a translation, or have one that may be stale."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from innosi.forecast.languages.languages import LANGUAGES
from innosi.forecast.languages.round_titles import is_counted
from innosi.forecast.questions import Question
from innosi.forecast.study import Study
from innosi.forecast.study_file import QuestionTextsSection, TextsSection

Texts = Mapping[str, object]
"""Texts by the key under which a translation has them, such as `questions.hut.explanation`."""


def missing_translations(study: Study) -> dict[str, tuple[str, ...]]:
    """Return, for each language that a study is translated into, the keys of the texts that it lacks."""
    own = own_texts(study)
    found = {code: translated_texts(texts) for code, texts in study.translations.items()}
    lacking = {code: tuple(key for key in own if key not in texts) for code, texts in found.items()}
    return {code: keys for code, keys in lacking.items() if keys}


def stale_translations(decided: Study, found: Study) -> dict[str, tuple[str, ...]]:
    """Return, for each language, the keys of translations that stayed the same while their text changed."""
    before, after = own_texts(decided), own_texts(found)
    reworded = [key for key, text in after.items() if key in before and before[key] != text]
    stale = {}
    for code, texts in found.translations.items():
        now = translated_texts(texts)
        was = translated_texts(decided.translations[code]) if code in decided.translations else {}
        stale[code] = tuple(key for key in reworded if key in now and now[key] == was.get(key))
    return {code: keys for code, keys in stale.items() if keys}


def in_words(found: Mapping[str, tuple[str, ...]], what: str) -> Iterator[str]:
    """Yield a line for each language: which texts are concerned, and `what` is so of them."""
    for code, keys in found.items():
        n = f"{len(keys)} text{'s' if len(keys) != 1 else ''}"
        yield f"translations.{code} ({LANGUAGES[code]}): {n} {what}: {', '.join(keys)}"


def own_texts(study: Study) -> Texts:
    """Return every text of a study that can be translated, in its own language; its title is one."""
    found: dict[str, object] = {"title": study.title, "description": study.description.strip()}
    if not all(map(is_counted, study.rounds)):
        found["rounds"] = study.rounds
    found |= {f"groups.{name}": title for name, title in study.panel.groups.items()}
    found |= {f"argument_categories.{name}": title for name, title in study.argument_categories.items()}
    found |= {f"privacy.{key}": text for key, text in asdict(study.privacy).items()}
    for name, question in study.questions.items():
        found |= {f"questions.{name}.{key}": text for key, text in _question_texts(question)}
    return {key: text for key, text in found.items() if text}


def _question_texts(question: Question) -> Iterator[tuple[str, object]]:
    yield from (("text", question.text), ("explanation", question.explanation), ("unit", question.unit))
    yield from ((f"options.{name}", title) for name, title in question.options.items())
    yield from ((f"scales.{name}", question.title_of(name)) for name in question.scales)
    yield from ((f"ends.{name}", ends) for name, ends in question.ends.items())


def translated_texts(texts: TextsSection) -> Texts:
    """Return the texts of a translation under the same keys."""
    found: dict[str, object] = {"title": texts.title, "description": texts.description.strip()}
    found["rounds"] = tuple(texts.rounds)
    found |= {f"groups.{name}": title for name, title in texts.groups.items()}
    found |= {f"argument_categories.{name}": title for name, title in texts.argument_categories.items()}
    found |= {f"privacy.{key}": text for key, text in texts.privacy.model_dump().items()}
    for name, question in texts.questions.items():
        found |= {f"questions.{name}.{key}": text for key, text in _translated_question(question)}
    return {key: text for key, text in found.items() if text}


def _translated_question(question: QuestionTextsSection) -> Iterator[tuple[str, object]]:
    yield from (("text", question.text), ("explanation", question.explanation), ("unit", question.unit))
    yield from ((f"options.{name}", title) for name, title in question.options.items())
    yield from ((f"scales.{name}", title) for name, title in question.scales.items())
    yield from ((f"ends.{name}", ends) for name, ends in question.ends.items())
