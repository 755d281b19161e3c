from datetime import UTC, datetime
from pathlib import Path

import pytest

from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.loading.scenario_file import scenarios_from

GARDEN = """\
title: A community garden
model: value_map
currency: EUR
price_year: 2016
seed: 1
draws: 500
base:
  discount_rate: 3.5%
  stakeholders:
    neighbours: People in the neighbourhood
    municipality: The municipality
  activities:
    gardening: {title: Gardening together, outputs: {days: {title: Days in the garden, quantity: 80}}}
  inputs:
    grant: {stakeholder: municipality, amount: €30k .. €50k}
    time: {stakeholder: neighbours, hours: 1000, hourly_rate: €14.50}
  outcomes:
    less_loneliness:
      title: People feel less lonely
      stakeholder: neighbours
      activity: gardening
      quantity: 20 .. 60
      financial_proxy: {value: 300 .. 1500, evidence: claim, source: a report}
      duration: 2 .. 4
      deadweight: 20% .. 60%
      attribution: 30%
      drop_off: 20%
      perspective: social
    savings:
      title: Less care
      stakeholder: municipality
      quantity: 5
      financial_proxy: €2k
      duration: 1
      start: 2
      perspective: fiscal
      social_function: buffer
overrides:
  few_come:
    outcomes.less_loneliness.quantity: 5 .. 20
  bigger:
    inputs.grant.amount: €60k
    outcomes.less_loneliness.quantity: 40 .. 120
scenarios:
  as_hoped: []
  quiet: {title: Few neighbours come, overrides: [few_come]}
options:
  small: []
  large: [bigger]
"""


@pytest.fixture
def garden_text():
    return GARDEN


@pytest.fixture
def load():
    def load(text, folder=Path()):
        return scenarios_from(parse_document(text, source="garden.yaml", folder=folder))

    return load


@pytest.fixture
def garden(load):
    return load(GARDEN)


@pytest.fixture
def noon():
    return datetime(2026, 1, 1, 12, tzinfo=UTC)
