from pathlib import Path

import pytest

from innosi.forecast.study import load_study

STUDY = """\
title: A house for everybody
panel:
  minimum_group_size: 3
  groups: {north: North, south: South, west: West}
  members: {p01: north, p02: north, p03: north, p04: south, p05: south, p06: south, p07: west}
rounds: 2
consensus: iqr
questions:
  importance: {text: How important is it?, type: rating, scale: {low: 1, high: 5}}
  chance: {text: How likely is it?, type: probability}
  places: {text: How many places?, type: quantity, answer: three_point, confidence: 80%, unit: places, low: 0}
  cost: {text: What does it cost?, type: quantity, answer: quantiles, kind: money, currency: EUR}
"""


@pytest.fixture
def study_text():
    return STUDY


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def study(folder):
    return load_study(folder / "study.yaml")


@pytest.fixture
def write(folder):
    def written(text, name="answers.csv", encoding="utf-8") -> Path:
        path = folder / name
        path.write_bytes(text.encode(encoding))
        return path

    return written
