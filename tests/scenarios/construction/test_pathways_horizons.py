"""Three horizons: curves, checked links, the gaps of the story, and scenarios of what prevails."""

import math
import random
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.pathways.drawing_horizons import draw_horizons
from innosi.scenarios.construction.pathways.horizons import Curve
from innosi.scenarios.construction.pathways.horizons_file import horizons_from
from innosi.scenarios.loading.document import parse_document

FOOD = """\
method: three_horizons
title: Lunch
first_year: 2026
last_year: 2040
items:
  caterer: {title: A caterer cooks, horizon: H1, to: 2034, overrides: {inputs.grant.amount: 1}}
  machine: {title: A machine sells sweets, horizon: H1}
  box: {title: A farm brings boxes, horizon: H2+, from: 2026}
  meal_app: {title: An app, horizon: H2-, overrides: {inputs.grant.amount: 2}}
  trial: {title: A trial, horizon: H2}
  kitchen: {title: Kitchen, horizon: H3, from: 2036-06, signals: cellar, overrides: {inputs.grant.amount: 3}}
  garden: {title: A garden on the roof, horizon: H3, from: 2030}
links:
  - {from: box, kind: grows_into, to: kitchen}
  - {from: kitchen, kind: replaces, to: caterer}
  - {from: meal_app, kind: supports, to: machine}
tensions:
  - {question: Time or choice?, between: [kitchen, meal_app]}
scenarios:
  end: {title: The caterer closes, course: managed_decline, items: caterer}
  app: {title: All by app, course: capture, items: [meal_app, machine]}
  together: {title: People cook, course: transition, items: [kitchen, box]}
"""


def horizons(text=FOOD):
    return horizons_from(parse_document(text, source="horizons.yaml", folder="."))


@pytest.mark.parametrize(("takes", "rises_by"), [(10, 2030), (4, 2041.5)])
def test_a_logistic_curve_takes_its_years_from_a_tenth_to_nine_tenths(takes, rises_by):
    # Fisher & Pry (1971): f / (1 - f) = exp(2a(t - t0)), takeover time t(0.9) - t(0.1) = ln 81 / 2a
    years = np.array([rises_by - takes / 2, rises_by, rises_by + takes / 2])
    assert np.allclose(Curve(rises_by=rises_by, takes=takes).at(years), [0.1, 0.5, 0.9])
    assert np.allclose(Curve(falls_by=rises_by, takes=takes).at(years), [0.9, 0.5, 0.1])
    share = Curve(rises_by=rises_by, takes=takes).at(years + 1)
    assert np.allclose(np.log(share / (1 - share)), math.log(81) / takes * (years + 1 - rises_by))


def test_a_curve_between_bounds_and_one_of_points():
    assert Curve(rises_by=2030, lowest=0.2, highest=0.6).at([2030]).tolist() == [pytest.approx(0.4)]
    drawn = Curve(points=((2026, 0.8), (2036, 0.2)))
    assert drawn.at([2020, 2026, 2031, 2040]).tolist() == pytest.approx([0.8, 0.8, 0.5, 0.2])
    assert drawn.in_words == "straight lines between 2026: 80%, 2036: 20%"
    assert np.isfinite(Curve(rises_by=2030, takes=0.001).at([1900, 2200])).all()


def test_the_story_has_gaps_and_they_are_told():
    notes = "\n".join(horizons().notes)
    for said in (
        "no H2+ leads to 'garden' (H3)",
        "nothing replaces 'machine' (H1), and it grows into nothing",
        "'trial' is neither H2+ nor H2-",
        "'garden' (H3) has no signals",
        "'trial' (H2) is linked to nothing",
        "'caterer' ends 1.4 years before 'kitchen', which replaces it, begins",
    ):
        assert said in notes
    assert "'kitchen' (H3)" not in notes
    assert "replaces 'caterer' (H1)" not in notes


def test_a_way_to_h3_may_lead_over_other_items_but_not_over_hindrances():
    by_trial = (
        "{from: box, kind: supports, to: trial}\n  - {from: trial, kind: KIND, to: garden}\nlinks_end: x"
    )
    text = FOOD.replace("tensions:", f"  - {by_trial}\ntensions:").replace("\nlinks_end: x", "")
    assert not any("leads to 'garden'" in note for note in horizons(text.replace("KIND", "supports")).notes)
    assert any("leads to 'garden'" in note for note in horizons(text.replace("KIND", "hinders")).notes)


def test_the_year_of_the_crossing_is_that_of_the_curves_as_drawn():
    drawn = """horizons:
  H1: {curve: {points: {2026: 80%, 2040: 20%}}}
  H3: {curve: {points: {2026: 0, 2040: 60%}}}
"""
    found = horizons(FOOD.replace("items:", drawn + "items:", 1))
    assert found.overtaken_in == pytest.approx(2026 + 80 * 14 / 120, abs=0.1)
    assert "overtakes the first in 2035" in draw_horizons(found).title
    never = horizons(FOOD.replace("items:", drawn.replace("60%", "10%") + "items:", 1))
    assert math.isnan(never.overtaken_in)
    assert "does not overtake" in draw_horizons(never).title


def test_scenarios_set_what_their_items_set():
    found = horizons()
    assert {each.name: each.settings for each in found.chosen} == {
        "end": ("item-caterer",),
        "app": ("item-machine", "item-meal_app"),
        "together": ("item-box", "item-kitchen"),
    }
    assert set(found.settings) == {"item-caterer", "item-meal_app", "item-kitchen"}
    assert found.summary == "sound three horizons, 7 items (2 of H1, 3 of H2, 2 of H3), 3 links"


REFUSED = {
    "an unknown end": (("to: kitchen}", "to: kitchens}"), 14, "no item 'kitchens'; did you mean 'kitchen'?"),
    "an unknown start": (("{from: box", "{from: bix"), 14, "no item 'bix'"),
    "a link to itself": (("to: kitchen}", "to: box}"), 14, "'box' is linked to itself"),
    "a link twice": (
        ("  - {from: meal_app", "  - {from: kitchen, kind: replaces, to: caterer}\n  - {from: meal_app"),
        16,
        "stands twice",
    ),
    "replacing each other": (
        ("  - {from: meal_app", "  - {from: caterer, kind: replaces, to: kitchen}\n  - {from: meal_app"),
        16,
        "cannot replace each other",
    ),
    "a kind of its own": (("grows_into", "grows"), 14, "choose one of"),
    "an unknown tension": (("[kitchen, meal_app]", "[kitchen, meal]"), 18, "no item 'meal'"),
    "a tension with itself": (("[kitchen, meal_app]", "[kitchen, kitchen]"), 18, "names 'kitchen' twice"),
    "years backwards": (("last_year: 2040", "last_year: 2026"), 4, "not after the first year"),
    "an item backwards": (("from: 2026}", "from: 2026, to: 2025}"), 8, "before it begins"),
    "no horizon": (("horizon: H2}", "horizon: H4}"), 10, "choose one of"),
    "a date in words": (("from: 2026}", "from: soon}"), 8, "is no date from 1900 to 2200"),
    "a decline that is none": (("items: caterer", "items: box"), 20, "nothing of H1 prevails"),
    "a capture that is a transition": (("[meal_app, machine]", "[meal_app, garden]"), 21, "is of H3"),
    "a transition without H3": (("[kitchen, box]", "[box]"), 22, "nothing of H3 prevails"),
    "what replaces and what is replaced": (
        ("[kitchen, box]", "[kitchen, caterer]"),
        22,
        "both cannot prevail",
    ),
    "a number set twice": (
        ("[meal_app, machine]", "[meal_app, caterer]"),
        21,
        "both set inputs.grant.amount",
    ),
    "an item twice": (("[kitchen, box]", "[kitchen, kitchen]"), 22, "names 'kitchen' twice"),
    "weights of some": (("title: All by app", "title: All by app, weight: 2"), 20, "give all one, or none"),
}


@pytest.mark.parametrize(("change", "line", "said"), REFUSED.values(), ids=REFUSED)
def test_faults_are_told_with_their_line(change, line, said):
    text = FOOD.replace(*change)
    assert text != FOOD
    with pytest.raises(InputFaults) as raised:
        horizons(text)
    assert any(fault.line == line and said in fault.problem for fault in raised.value.faults), raised.value


CURVES = {
    "nothing": ("{takes: 3}", "says nothing of when"),
    "both ways": ("{rises_by: 2030, points: {2026: 1%, 2030: 2%}}", "has points or is logistic"),
    "one point": ("{points: {2026: 1%}}", "is one point"),
    "no year": ("{points: {2026: 1%, soon: 2%}}", "'soon' is no year"),
    "no share": ("{points: {2026: 1%, 2030: 120%}}", "write a share from 0% to 100%"),
    "falls first": ("{rises_by: 2035, falls_by: 2030}", "must lie after"),
    "upside down": ("{rises_by: 2035, lowest: 50%, highest: 40%}", "must lie below"),
    "at once": ("{rises_by: 2035, takes: 0}", "greater than 0"),
    "no number": ("{rises_by: 2035, takes: .inf}", "takes"),
}


@pytest.mark.parametrize(("curve", "said"), CURVES.values(), ids=CURVES)
def test_a_curve_that_cannot_be_drawn_is_refused(curve, said):
    with pytest.raises(InputFaults) as raised:
        horizons(FOOD.replace("items:", f"horizons: {{H2: {{curve: {curve}}}}}\nitems:", 1))
    assert said in str(raised.value)
    assert raised.value.faults[0].line == 5


@given(st.randoms())
@settings(max_examples=20, deadline=None)
def test_the_order_of_entries_changes_nothing(rng):
    head, rest = FOOD.split("items:\n", 1)
    items, rest = rest.split("links:\n", 1)
    links, rest = rest.split("tensions:\n", 1)
    shuffled = [rng.sample(part.splitlines(), len(part.splitlines())) for part in (items, links)]
    text = (
        f"{head}items:\n"
        + "\n".join(shuffled[0])
        + "\nlinks:\n"
        + "\n".join(shuffled[1])
        + f"\ntensions:\n{rest}"
    )
    assert horizons(text) == horizons()


def test_numbers_in_the_picture_stand_apart_and_each_item_is_named():
    many = "".join(f"  i{n}: {{title: Item {n}, horizon: H2, from: 2030, to: 2032}}\n" for n in range(40))
    head = FOOD.partition("items:")[0]
    plot = draw_horizons(horizons(f"{head}items:\n{many}"))
    assert all(f">Item {n}<" in plot.svg for n in range(40))
    assert "Item 3 (H2, 2030–2032)" in plot.alternative
    places = {
        (float(x), float(y))
        for x, y in re.findall(r'<use xlink:href="[^"]+" x="([\d.]+)" y="([\d.]+)"', plot.svg)
    }
    apart = [math.dist(a, b) for a in places for b in places if a != b]
    assert len(places) == 80
    assert min(apart) > 14
    many = "".join(f"  i{n}: {{title: Item, horizon: H2}}\n" for n in range(61))
    with pytest.raises(InnosiError, match="61 items are too many"):
        draw_horizons(horizons(f"{head}items:\n{many}"))


def test_long_titles_stay_on_the_sheet():
    rng = random.Random(1)
    words = " ".join(rng.choices(["Wohnungsbaugenossenschaft", "and", "neighbours"], k=60))
    plot = draw_horizons(horizons(FOOD.replace("A trial", words)))
    assert "…" in plot.svg
