"""What somebody gets who asks what is kept of them: in the words in which they were asked, and answered."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from innosi.forecast.answers.values import Answer
from innosi.forecast.handing_out import language_for
from innosi.forecast.languages.language import Language
from innosi.forecast.questionnaires.wording import earlier_answers, part_title, unit_of
from innosi.forecast.questions import CONFIDENCE, Question
from innosi.forecast.running import RunningStudy, study_of
from innosi.forecast.store.parts import read_parts
from innosi.forecast.store.privacy import personal_data
from innosi.forecast.store.versions import read_study_versions
from innosi.forecast.study import Study

_VOTES = {1: "for", -1: "against", 0: "taken back"}


def data_of_person(running: RunningStudy, pseudonym: str) -> dict[str, Any]:
    """Return all that is kept of a panellist, ready for JSON: readable by them (GDPR, articles 12 and 15).

    Questions stand as they were asked, in the panellist's language where the study has it; answers in words:
    options by their text, open answers as text. What was promised stands first.

    Raises
    ------
    InnosiError
        If the store does not know the panellist.
    """
    kept = personal_data(running.needed_store, pseudonym)
    code = next((each["language"] for each in kept["panellists"]), "")
    language = language_for(running.study, code)
    asked = (running.study, *_kept_studies(running))
    versions = [(each, each.in_language(language.code)) for each in asked]
    promised = {key: text for key, text in asdict(versions[0][1].privacy).items() if text}
    answers = [_readable(each, versions, language) for each in kept["answers"]]
    votes = [{**each, "vote": _VOTES.get(each["vote"], each["vote"])} for each in kept["argument_votes"]]
    return {"promised": promised, **kept, "answers": answers, "argument_votes": votes}


def _kept_studies(running: RunningStudy) -> Iterator[Study]:
    with running.needed_store.reading() as transaction:
        for version in read_study_versions(transaction):
            yield study_of(version, running.study)


def _readable(
    row: Mapping[str, Any], versions: list[tuple[Study, Study]], language: Language
) -> dict[str, Any]:
    """An answer with its question as asked; its numbers as kept where no kept study file asks it so."""
    kept = {name: value for name, value in row.items() if name not in ("form", "parts")}
    for original, translated in versions:
        asked = original.questions.get(row["question"])
        if asked is not None and (asked.form, asked.text) == (row["form"], row["text"]):
            question = translated.questions[asked.name]
            said = {"text": question.text, "answer": _in_words(row, question, language)}
            return {**kept, **said, "reason": "" if question.type == "text" else row["reason"]}
    return {**kept, "answer": dict(read_parts(row["parts"]))}


def _in_words(row: Mapping[str, Any], question: Question, language: Language) -> Any:
    given = read_parts(row["parts"])
    if not given:
        return None
    values = tuple(given.get(part, math.nan) for part in question.parts)
    answer = Answer(row["round"], "", question.name, values, row["reason"])
    said = earlier_answers([answer], "", {question.name: question}, language)[question.name]
    if question.type == "text":
        return said.reason
    unit = unit_of(question, language)
    words = {
        part_title(question, part, language) or part: text
        if part == CONFIDENCE or not unit or text.endswith(unit)
        else f"{text} {unit}"
        for part, text in said.parts.items()
    }
    return words["value"] if [*words] == ["value"] else words
