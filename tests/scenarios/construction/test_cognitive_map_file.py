"""Files and tables of cognitive maps: what they mean, and how they are refused."""

import numpy as np
import openpyxl
import pytest

from innosi.models.errors import DistributionError, InputFaults
from innosi.scenarios.construction.cognitive_map import drawing, network_drawing
from innosi.scenarios.construction.cognitive_map.drawing import (
    draw_changes,
    draw_people,
    draw_robustness,
    draw_rules,
    draw_sensitivity,
    draw_steps,
)
from innosi.scenarios.construction.cognitive_map.findings import by_rule, endings_in_words
from innosi.scenarios.construction.cognitive_map.layout import bends, positions
from innosi.scenarios.construction.cognitive_map.network_drawing import draw_network
from innosi.scenarios.construction.cognitive_map.reading import map_from
from innosi.scenarios.construction.cognitive_map.robustness import robustness, sensitivity
from innosi.scenarios.construction.cognitive_map.settling import trajectory
from innosi.scenarios.construction.cognitive_map.weights import TERMS, parse_weight
from innosi.scenarios.loading.document import parse_document

GARDEN = """\
method: cognitive_map
title: A garden
outcome: joy
concepts:
  water: {title: Water, level: 0.5}
  harvest: {rises: {at_least: 0.1, overrides: {a.b: 1}}, falls: {at_most: -0.1, overrides: {a.b: 2}}}
  joy: Joy
links:
  - {from: water, to: harvest, weight: high, because: plants drink}
  - {from: harvest, to: joy, weight: 0.3 .. 0.8}
  - {from: joy, to: water, weight: -0.4}
scenarios:
  rain: {clamp: {water: 1}, weight: 2}
  drought: {title: It is dry, clamp: {water: 0}, weight: 1}
"""
MATRIX = ",Water,Harvest,Joy\nWater,,0.75,\nHarvest,,,0.5\nJoy,-0.4,,\n"


def read(text, tmp_path):
    return map_from(parse_document(text, source="map.yaml", folder=tmp_path))


def with_matrix(content, tmp_path, name="weights.csv"):
    """The garden, its links in a table."""
    if isinstance(content, str):
        (tmp_path / name).write_bytes(content.encode())
    else:
        content.save(tmp_path / name)
    before, _, rest = GARDEN.partition("links:")
    return f"{before}matrix: {name}\nscenarios:{rest.partition('scenarios:')[2]}"


def test_a_map_of_links_means_its_weights_and_scenarios(tmp_path):
    found = read(GARDEN, tmp_path)
    assert found.summary == "a sound cognitive map, 3 concepts, 3 links, 2 scenarios"
    np.testing.assert_allclose(found.weights[[0, 1, 2], [1, 2, 0]], [0.75, 0.55, -0.4], atol=0.01)
    assert found.titles == ("Water", "harvest", "Joy")
    np.testing.assert_array_equal(found.clamped, [[1, np.nan, np.nan], [0, np.nan, np.nan]])
    assert found.reasons == {("water", "harvest"): "plants drink"}


def test_what_has_risen_or_fallen_enough_sets_something(tmp_path):
    found = read(GARDEN.replace("at_least: 0.1", "at_least: 0.05"), tmp_path)
    compared = found.compared()
    rain, drought = found.constructed(compared)
    assert compared.changes[0, 1] == pytest.approx(0.1, abs=0.03)
    assert (rain.settings, rain.weight) == (("harvest-rises",), 2)
    assert -0.1 < compared.changes[1, 1] < -0.05
    assert (drought.settings, drought.title) == ((), "It is dry")
    assert found.settings["harvest-falls"] == ({"a.b": 2}, ("concepts", "harvest", "falls", "overrides"))


@pytest.mark.parametrize(
    "table",
    [
        MATRIX,
        "\ufeff" + MATRIX.replace("\n", "\r\n"),
        MATRIX.replace(",", ";").replace("0.5", "0,5").replace("0.75", "0,75").replace("-0.4", "−0,4"),
        MATRIX.replace(",", "\t"),
        ",JOY,water,harvest\nwater,,,0.75\nHarvest,0.5,,\n\njoy,0,-0.4,none\n",
        MATRIX.replace("0.75", "high").replace("0.5", "medium"),
    ],
    ids=["commas", "byte-order mark", "semicolons", "tabs", "another order", "words"],
)
def test_a_table_says_the_same_as_links(table, tmp_path):
    found = read(with_matrix(table, tmp_path), tmp_path)
    np.testing.assert_allclose(found.weights, [[0, 0.75, 0], [0, 0, 0.5], [-0.4, 0, 0]])


def test_a_workbook_is_a_table_too(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        [None, "Water", "Harvest", "Joy"],
        ["Water", None, 0.75],
        ["Harvest"],
        ["Joy", -0.4, None, 0],
    ):
        book.active.append(row)
    found = read(with_matrix(book, tmp_path, "weights.xlsx"), tmp_path)
    assert found.weights[2, 0] == -0.4
    assert len(found.links) == 2


def test_without_concepts_the_tables_heads_are_the_concepts(tmp_path):
    (tmp_path / "m.csv").write_text(",Café & co,2nd,Ünï\nCafé & co,,1,\n2nd,,,-1\nÜnï,,,\n", encoding="utf-8")
    found = read("method: cognitive_map\ntitle: x\nmatrix: m.csv\n", tmp_path)
    assert found.names == ("cafe_co", "concept_2nd", "uni")
    assert found.titles == ("Café & co", "2nd", "Ünï")


PEOPLE = """\
method: cognitive_map
title: People
maps:
  ann: ann.csv
  bob: {file: bob.csv, title: Bob, credibility: 3}
aggregation: AGGREGATION
missing_link: MISSING
scenarios: {s: {clamp: {a: 1}}}
"""
ANN, BOB = ",A,B\nA,,0.8\nB,,\n", ",A,B,C\nA,,-0.4,0.6\nB,,,\nC,,,\n"


def people(tmp_path, aggregation="mean", missing="counts_as_zero"):
    (tmp_path / "ann.csv").write_text(ANN, encoding="utf-8")
    (tmp_path / "bob.csv").write_text(BOB, encoding="utf-8")
    return read(PEOPLE.replace("AGGREGATION", aggregation).replace("MISSING", missing), tmp_path)


@pytest.mark.parametrize(
    ("aggregation", "missing", "a_to_b", "a_to_c"),
    [
        ("mean", "counts_as_zero", (0.8 - 3 * 0.4) / 4, 0.45),
        ("mean", "left_out_without_concept", (0.8 - 3 * 0.4) / 4, 0.6),
        ("median", "left_out", -0.4, 0.6),
        ("sum_normalised", "counts_as_zero", -0.4 / 1.8, 1),
    ],
)
def test_people_are_aggregated_as_the_file_says(aggregation, missing, a_to_b, a_to_c, tmp_path):
    found = people(tmp_path, aggregation, missing)
    assert found.summary == "a sound cognitive map of 2 people, 3 concepts, 2 links, 1 scenario"
    np.testing.assert_allclose([found.weights[0, 1], found.weights[0, 2]], [a_to_b, a_to_c])


def drawn(found, n_draws, seed):
    return np.concatenate(list(found.drawn_weights(n_draws, seed)))


def test_drawn_maps_are_the_same_for_the_same_seed_however_many_are_drawn(tmp_path):
    for found in (people(tmp_path), read(GARDEN, tmp_path)):
        many = drawn(found, 3000, 0)
        np.testing.assert_array_equal(many[:7], drawn(found, 7, 0))
        assert not np.array_equal(many[:7], drawn(found, 7, 1))
        assert np.ptp(many, axis=0).any()
    np.testing.assert_allclose(many.mean(axis=0), found.weights, atol=0.01)


def test_drawn_people_are_a_bootstrap(tmp_path):
    """Of two people with credibilities 1 and 3, a quarter of the draws is Ann twice, another Bob twice."""
    said = drawn(people(tmp_path), 4000, 1)[:, 0, 1]
    values, times = np.unique(np.round(said, 9), return_counts=True)
    np.testing.assert_allclose(values, [-0.4, -0.1, 0.8])
    np.testing.assert_allclose(times / 4000, [0.25, 0.5, 0.25], atol=0.03)


def test_plain_numbers_are_loosened_by_the_stated_error_and_keep_their_sign(tmp_path):
    found = read(GARDEN + "weight_error: 0.6\n", tmp_path)
    loose = drawn(found, 2000, 1)
    assert -1 <= loose[:, 2, 0].min() < -0.9
    assert -0.02 < loose[:, 2, 0].max() <= 0
    assert not loose[:, 0, 0].any()


@pytest.mark.parametrize("term", TERMS)
def test_a_word_is_the_centroid_of_its_triangle(term):
    assert parse_weight(term).value == pytest.approx(sum(TERMS[term]) / 3)
    assert parse_weight(f"-{term}").value == -parse_weight(term).value


@pytest.mark.parametrize(
    "text", ["0.2 .. 0.8", "−0.8 .. -0.2", "-0.3 .. 0.4", "20% .. 40%", "triangular(-1, 0, 1)"]
)
def test_a_range_holds_its_ends_and_stays_a_weight(text):
    found = parse_weight(text)
    low, high = found.quantile(np.array([0.05, 0.95]))
    if ".." in text:
        ends = [float(each.strip(" %")) for each in text.replace("−", "-").split("..")]
        np.testing.assert_allclose([low, high], np.array(ends) / (100 if "%" in text else 1), atol=1e-4)
    assert np.all(np.abs(found.quantile(np.linspace(0, 1, 101))) <= 1)
    assert np.all(np.diff(found.quantile(np.linspace(0, 1, 101))) >= 0)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (1.5, "between −1 and 1"),
        ("0.5 .. 3", "between −1 and 1"),
        ("normal(3, 1)", "more than a twentieth of it lies beyond"),
        ("hgih", "did you mean 'high'"),
        ("0.8 .. 0.2", "write the lower end first"),
        ("-0.2 .. -0.8", "write the lower end first"),
        ("0 .. 0.5", r"write uniform\(0, 0.5\)"),
        (True, "not a number"),
        (None, "not a number"),
        ("", "nothing there"),
        ("1e999", "finite"),
        ([1], "not a distribution"),
    ],
)
def test_what_is_no_weight_is_refused(raw, said):
    with pytest.raises(DistributionError, match=said):
        parse_weight(raw)


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("to: joy", "to: joyy"), 10, "'joyy' is no concept; did you mean 'joy'"),
        (("weight: high", "weight: 2"), 9, "between −1 and 1"),
        (("from: joy, to: water", "from: water, to: harvest"), 11, "stands twice"),
        (
            ("links:", "matrix: a.csv\nlinks:"),
            8,
            "give one of links, matrix and maps; found links and matrix",
        ),
        (("level: 0.5", "level: 1.5"), 5, "levels of sigmoid are between 0 and 1"),
        (("water: 1}", "water: -0.1}"), 13, "levels of sigmoid are between 0 and 1"),
        (("{water: 1}", "{wind: 1}"), 13, "'wind' is no concept"),
        (("{water: 1}", "{}"), 13, "must name 1 or more"),
        ((", weight: 2}", "}"), 13, "give all scenarios one, or none"),
        (("outcome: joy", "outcome: fun"), 3, "'fun' is no concept"),
        (("outcome: joy", "rule: rescaled\ntransfer: tanh"), 3, "levels of 0 to 1"),
        (("outcome: joy", "rule: kosco"), 3, "choose one of: kosko"),
        (("outcome: joy", "slope: 1e999"), 3, "finite"),
        (("outcome: joy", "transfer: bivalent"), 5, "levels of bivalent are 0 or 1"),
        (("at_least: 0.1", "at_least: -0.1"), 6, "greater than 0"),
        (("because:", "becuase:"), 9, "did you mean 'because'"),
        (("  water: {", "  9water: {"), 5, "is no name: write a letter"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_at_its_line(change, line, said, tmp_path):
    assert change[0] in GARDEN
    with pytest.raises(InputFaults) as raised:
        read(GARDEN.replace(*change, 1), tmp_path)
    assert (line, True) in [(fault.line, said in fault.problem) for fault in raised.value.faults], str(
        raised.value
    )


def test_no_links_and_nothing_to_read_are_told(tmp_path):
    before = GARDEN.partition("links:")[0]
    for text, said in (
        (before, "found none of them"),
        (before + "links: []\n", "there is no link"),
        (before + "maps: {}\n", "must name 1 or more"),
        (before + "matrix: nowhere.csv\n", "no such file"),
        (before + "maps: {a: nowhere.csv, b: elsewhere.csv}\n", "elsewhere.csv: no such file"),
    ):
        with pytest.raises(InputFaults, match=said):
            read(text, tmp_path)


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("Joy,-0.4,,\n", ""), 1, "the row 'Joy' is missing"),
        ((",Joy\n", ",Fun\n"), 1, "'Fun' is no concept"),
        ((",Harvest,Joy\n", ",Harvest,Water\n"), 1, "the column 'Water' stands twice"),
        ((",Harvest,Joy\n", ",,Joy\n"), 1, "column 3 has no name"),
        (("Water,,0.75,", "Water,,0.75"), 2, "has 2 cells, of 3"),
        (("Water,,0.75,", "Water,,0.75,,1"), 2, "a cell beyond the last column"),
        (("0.75", "x"), 2, "'x', which is no weight"),
        (("0.75", "7.5"), 2, "between −1 and 1"),
        (("Joy,-0.4,,", "Joy,-0.4,,\nJoy,,,"), 5, "the row 'Joy' stands twice"),
        (("Joy,-0.4,,", ",-0.4,,"), 4, "the row has no name"),
        ((MATRIX, "\n"), 8, "is empty; the first row"),
        (
            (MATRIX, MATRIX.replace(",Joy", "").replace("Joy,-0.4,,", "").replace("5\n", "\n")),
            1,
            "no row and",
        ),
    ],
)
def test_what_is_wrong_in_a_table_is_told_at_its_line(change, line, said, tmp_path):
    assert change[0] in MATRIX
    with pytest.raises(InputFaults) as raised:
        read(with_matrix(MATRIX.replace(*change, 1), tmp_path), tmp_path)
    assert (line, True) in [(fault.line, said in fault.problem) for fault in raised.value.faults], str(
        raised.value
    )


def test_names_that_would_be_one_are_told(tmp_path):
    (tmp_path / "ann.csv").write_text(",Förd,B\nFörd,,1\nB,,\n", encoding="utf-8")
    (tmp_path / "bob.csv").write_text(",Ford,B\nFord,,1\nB,,\n", encoding="utf-8")
    text = PEOPLE.replace("AGGREGATION", "mean").replace("MISSING", "left_out").replace("{a: 1}", "{b: 1}")
    with pytest.raises(InputFaults, match="would have the same name, ford"):
        read(text, tmp_path)


def test_that_nobody_has_credibility_is_told(tmp_path):
    people(tmp_path)
    text = PEOPLE.replace("AGGREGATION", "mean").replace("MISSING", "left_out")
    text = text.replace("ann: ann.csv", "ann: {file: ann.csv, credibility: 0}").replace("ity: 3", "ity: 0")
    with pytest.raises(InputFaults, match="nobody has any credibility"):
        read(text, tmp_path)


def test_an_unstable_end_is_told(tmp_path):
    latch = GARDEN.replace("outcome: joy", "rule: rescaled\nslope: 4")
    found = read(latch, tmp_path)
    assert any("this point is unstable" in line for line in endings_in_words(found, found.compared()))
    calm = read(GARDEN, tmp_path)
    assert not any("unstable" in line for line in endings_in_words(calm, calm.compared()))


def test_boxes_stand_apart_and_always_in_the_same_place():
    random = np.random.default_rng(3)
    for n in (1, 2, 7):
        weights = np.where(random.random((n, n)) < 0.25, 0.5, 0.0)
        sizes = np.tile([1.3, 0.45], (n, 1))
        links = np.argwhere(weights != 0)
        places = positions(weights, sizes, (8.0, 6.0), links)
        np.testing.assert_array_equal(places, positions(weights, sizes, (8.0, 6.0), links))
        assert np.all(places >= sizes / 2 - 1e-9)
        assert np.all(places <= np.array([8.0, 6.0]) - sizes / 2 + 1e-9)
        overlap = (np.abs(places[:, None] - places[None]) < sizes[0] - 1e-6).all(axis=-1)
        assert overlap.sum() == n


def test_of_many_links_the_strongest_are_drawn_and_it_is_said(tmp_path):
    names = [f"C{number}" for number in range(12)]
    rows = [[(i + 2 * j) % 7 / 7 if i != j else 0 for j in range(12)] for i in range(12)]
    text = "\n".join(
        [",".join(["", *names]), *(",".join([n, *map(str, row)]) for n, row in zip(names, rows, strict=True))]
    )
    (tmp_path / "m.csv").write_text(text, encoding="utf-8")
    found = read("method: cognitive_map\ntitle: x\nmatrix: m.csv\n", tmp_path)
    plot = draw_network(found)
    assert f"the 80 strongest of {len(found.links)} links are drawn" in plot.title


def test_of_many_concepts_the_most_central_are_drawn_and_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(network_drawing, "MOST_BOXES", 9)
    monkeypatch.setattr(drawing, "MOST_ROWS", 4)
    n = 10
    concepts = "\n".join(f"  c{place}: Number {place}" for place in range(n))
    links = "\n".join(f"  - {{from: c{place}, to: c0, weight: 0.{1 + place % 9}}}" for place in range(1, n))
    scenario = "scenarios:\n  held: {clamp: {c1: 1}}\n"
    text = f"method: cognitive_map\ntitle: x\nconcepts:\n{concepts}\nlinks:\n{links}\n{scenario}"
    found = read(text, tmp_path)
    plot = draw_network(found)
    assert "drawn are the 9 most central of 10 concepts, and the strongest of the 9 links" in plot.title
    assert "Number 8</" in plot.svg
    assert "Number 9</" not in plot.svg  # its link is the weakest
    changes = draw_changes(found, found.compared(), "T")
    assert "the 4 of 10 concepts that change most" in changes.svg


def test_a_link_bends_round_a_box_in_its_way():
    places, sizes = np.array([[1.0, 3], [4, 3], [7, 3], [4, 0], [4, 6]]), np.full((5, 2), 0.9)
    straight, bent = bends(places, sizes, np.array([[0, 1], [0, 2]]))
    assert straight == 0.13
    assert abs(bent) > 0.13


def test_every_picture_says_its_finding_and_stands_in_words(tmp_path):
    found, many = read(GARDEN, tmp_path), people(tmp_path)
    compared, how = found.compared(), found.how
    sure = robustness(found.drawn_weights(50, 1), found.initial, found.clamped, how, smallest=0.01)
    what = sensitivity(found.weights, found.initial, found.clamped, how, 2)
    rules = {rule: each.changes for rule, each in by_rule(found).items()}
    levels = trajectory(found.weights, found.initial, how.dynamics, 6)
    for plot in (
        draw_network(found),
        draw_network(many),
        draw_changes(found, compared, "T"),
        draw_rules(found, rules, "T"),
        draw_robustness(found, sure, "T"),
        draw_sensitivity(found, what, "Joy", "T"),
        draw_steps(found, levels, "T"),
        draw_people(many, "T"),
    ):
        assert plot.svg.startswith("<svg")
        assert len(plot.alternative) > len(plot.title)
    network = draw_network(found)
    assert "Water raises harvest (0.75)" in network.alternative
    assert network.svg == draw_network(found).svg
