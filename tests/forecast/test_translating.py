from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli
from innosi.forecast.cli.delphi.changing import changes_table
from innosi.forecast.progress import Progress
from innosi.forecast.running import RunningStudy
from innosi.forecast.study import study_from
from innosi.forecast.study_changes import changes_between
from innosi.forecast.translating import missing_translations, stale_translations
from innosi.scenarios.loading.document import parse_document

STUDY = """\
title: Gardens
panel: {groups: {north: North}}
rounds: [First, Second]
questions:
  hut: {text: Does a hut help?, type: choice, options: {yes_it: It does, no_it: It does not}}
  plan: {text: How good?, type: rating, scale: {low: 1, high: 5, low_label: bad, high_label: good}}
translations:
  nl:
    title: Tuinen
    groups: {north: Noord}
    questions:
      hut: {text: Helpt een hut?, options: {yes_it: Ja}}
      plan: {text: Hoe goed?, ends: {value: [slecht, goed]}}
"""


def study_of(text):
    return study_from(parse_document(text, source="study.yaml", folder=Path()))


def test_texts_without_a_translation_are_told_by_their_keys():
    assert missing_translations(study_of(STUDY)) == {"nl": ("rounds", "questions.hut.options.no_it")}


def test_a_study_that_is_translated_whole_or_not_at_all_lacks_nothing():
    whole = STUDY.replace("{yes_it: Ja}", "{yes_it: Ja, no_it: Nee}").replace("[First, Second]", "2")
    assert missing_translations(study_of(whole)) == {}
    assert missing_translations(study_of(STUDY.partition("translations:")[0])) == {}


@pytest.mark.parametrize(
    ("translation", "stale"), [("Helpt een hut?", {"nl": ("questions.hut.text",)}), ("Helpen hutten?", {})]
)
def test_a_translation_may_be_stale_that_stayed_when_its_text_changed(translation, stale):
    found = study_of(STUDY.replace("Does a hut", "Do huts").replace("Helpt een hut?", translation))
    assert stale_translations(study_of(STUDY), found) == stale


def test_a_question_that_was_translated_only_now_is_not_stale():
    before = replace(study_of(STUDY), translations={})
    assert stale_translations(before, study_of(STUDY.replace("Does a hut", "Do huts"))) == {}


def test_check_warns_of_what_is_not_translated_and_finds_the_study_sound(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    result = CliRunner().invoke(cli, ["check", str(path)])
    assert result.exit_code == 0
    assert "a sound study" in result.output
    assert "translations.nl (Nederlands): 2 texts without a translation" in result.output


def test_changes_hint_at_a_translation_that_may_be_stale():
    decided, found = study_of(STUDY), study_of(STUDY.replace("Does a hut", "Do huts"))
    pending = changes_between(decided, found)
    table = changes_table(RunningStudy(decided, found, None, Progress(2), pending))
    assert any("questions.hut.text" in note and "its translation did not" in note for note in table.notes)
