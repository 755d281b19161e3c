"""Futures wheels: links whatever the order of entries, scores, scenarios, and a picture without overlaps."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.pathways.drawing_wheel import draw_wheel, drawn_from, sign_of
from innosi.scenarios.construction.pathways.links import circle_in, in_order
from innosi.scenarios.construction.pathways.scores import SCALES, Score, standing_of
from innosi.scenarios.construction.pathways.wheel import branch_scenarios, orders, shared_by_branches
from innosi.scenarios.construction.pathways.wheel_file import wheel_from
from innosi.scenarios.construction.pathways.wheel_layout import ASPECT, WIDEST_SECTOR, lay_out, overlaps
from innosi.scenarios.loading.document import parse_document

HEAD = "method: futures_wheel\ntitle: Bus\ncentre: {title: The bus is cut}\n"
BUS = f"""\
{HEAD}consequences:
  fewer_come: {{title: Fewer come, follows_from: centre, likelihood: [8, 7, 9], desirability: [-4, -3, -5],
    overrides: {{outcomes.company.quantity: 3}}}}
  shared_car: {{title: A shared car, follows_from: centre, likelihood: 2, desirability: {{a: 4, b: 5}}}}
  costs_rise: {{title: A place costs more, follows_from: [fewer_come], likelihood: 6, desirability: -2}}
  car_breaks: {{title: It breaks down, follows_from: [shared_car, costs_rise], desirability: {{a: -3, b: 1}},
    overrides: {{outcomes.company.quantity: 2}}}}
  sticker: {{title: Somebody put this here}}
scenarios:
  lonely: {{title: Lonely, consequences: [costs_rise, fewer_come]}}
"""


def wheel(text=BUS, folder=None, tmp="."):
    return wheel_from(parse_document(text, source="wheel.yaml", folder=folder or tmp))


def names(wheel):
    return {each.name: each for each in wheel.consequences}


def test_the_order_is_one_more_than_the_highest_of_what_it_follows_from():
    found = names(wheel())
    assert {name: each.order for name, each in found.items()} == {
        "fewer_come": 1,
        "shared_car": 1,
        "costs_rise": 2,
        "car_breaks": 3,
        "sticker": None,
    }
    assert found["car_breaks"].branches == {"fewer_come", "shared_car"}
    assert found["costs_rise"].branches == {"fewer_come"}
    assert found["sticker"].branches == frozenset()


def test_what_hangs_on_nothing_is_told_and_neither_placed_nor_drawn():
    found = wheel()
    assert [each.name for each in found.consequences][-1] == "sticker"
    assert "not placed, as nothing leads there from the centre: sticker" in found.notes
    assert "Somebody" not in draw_wheel(found).svg
    counts = "2 of the first order, 1 of the second order, 1 of the third order"
    assert found.summary == f"a sound futures wheel, 5 consequences ({counts})"


def test_what_follows_only_from_something_loose_is_loose():
    assert orders({"a": [], "b": ["a"], "c": ["b", "d"], "d": ["centre"]}) == {
        "a": None,
        "b": None,
        "c": 2,
        "d": 1,
    }


def test_scores_are_medians_and_what_divides_is_told():
    found = names(wheel())
    assert (found["fewer_come"].likelihood.median, found["fewer_come"].desirability.ends) == (8, (-5, -3))
    assert found["fewer_come"].standing == "likely and undesirable"
    assert found["shared_car"].standing == "unlikely and very desirable"
    assert found["car_breaks"].desirability.is_divided
    assert sign_of(found["car_breaks"]) == "−1 (±)"
    assert sign_of(found["sticker"]) == ""
    assert [each.name for each in wheel().watched] == ["fewer_come", "shared_car"]
    assert "desirable for some, undesirable for others: car_breaks" in wheel().notes
    assert any("not scored for both" in note and "car_breaks" in note for note in wheel().notes)


def test_what_needs_the_centre_and_one_branch_belongs_to_that_branch():
    found = wheel(BUS.replace("follows_from: [fewer_come]", "follows_from: [fewer_come, centre]"))
    assert names(found)["costs_rise"].branches == {"fewer_come"}
    assert "consequence-costs_rise" in branch_scenarios(found)[0].settings
    assert shared_by_branches(found) == ("car_breaks",)


@pytest.mark.parametrize("scale", SCALES)
def test_only_strong_scores_are_watched(scale):
    found = SCALES[scale]
    (low, high), (worst, best) = found.likelihood, found.desirability
    assert standing_of(high, worst, found) == "likely and undesirable"
    assert standing_of(low, best, found) == "unlikely and very desirable"
    assert standing_of(high, best, found) == "likely and very desirable"
    assert standing_of(low, worst, found) == ""
    assert standing_of(high, 0, found) == standing_of(float("nan"), worst, found) == ""
    assert np.isnan(Score({}).median)


def test_a_branch_is_a_scenario_and_what_needs_several_is_in_none():
    found = wheel()
    assert [(each.name, each.settings) for each in branch_scenarios(found)] == [
        ("fewer_come", ("consequence-fewer_come", "consequence-costs_rise")),
        ("shared_car", ("consequence-shared_car",)),
    ]
    assert shared_by_branches(found) == ("car_breaks",)
    (chosen,) = found.chosen
    assert chosen.settings == ("consequence-fewer_come", "consequence-costs_rise")
    assert set(found.settings) == {"consequence-fewer_come", "consequence-car_breaks"}


def test_what_follows_later_may_set_the_same_number_and_has_the_last_word():
    everything = "consequences: [car_breaks, fewer_come, costs_rise, shared_car]"
    (chosen,) = wheel(BUS.replace("consequences: [costs_rise, fewer_come]", everything)).chosen
    assert chosen.settings.index("consequence-car_breaks") > chosen.settings.index("consequence-fewer_come")


REFUSED = {
    "an unknown cause": (("[fewer_come]", "[fewer_came]"), 8, "no consequence 'fewer_came'; did you mean"),
    "a centre as it is spelt elsewhere": (
        ("car, follows_from: centre", "car, follows_from: center"),
        7,
        "'centre'?",
    ),
    "a cause twice": (("[fewer_come]", "[fewer_come, fewer_come]"), 8, "names 'fewer_come' twice"),
    "a circle": (
        ("A shared car, follows_from: centre", "A shared car, follows_from: car_breaks"),
        9,
        "goes round in a circle: car_breaks follows from shared_car follows from car_breaks",
    ),
    "its own cause": (("[fewer_come]", "[costs_rise]"), 8, "costs_rise follows from costs_rise"),
    "a second centre": (("  sticker:", "  centre:"), 11, "is what stands in the middle"),
    "off the scale": (("[8, 7, 9]", "[8, 7, 10]"), 5, "found 10 (of 3), which is off the scale from 1 to 9"),
    "no number": (("likelihood: 2", "likelihood: often"), 7, "found 'often', which is no number"),
    "yes and no": (("likelihood: 2", "likelihood: true"), 7, "found True, which is no number"),
    "not a number": (("likelihood: 2", "likelihood: .nan"), 7, "found '.nan', which is no number"),
    "a parent left out": (
        ("[costs_rise, fewer_come]", "[costs_rise]"),
        13,
        "'costs_rise' follows from 'fewer_come', which is not in the scenario",
    ),
    "a loose one chosen": (("[costs_rise, fewer_come]", "sticker"), 13, "'sticker' is not placed"),
    "an unknown one chosen": (("[costs_rise, fewer_come]", "stickers"), 13, "did you mean 'sticker'?"),
    "a scale of its own": (("centre: {", "scale: ten\ncentre: {"), 3, "choose one of"),
    "nothing": (("\nconsequences:", "\nconsequences: {}\nx:"), 4, "must name 1 or more"),
}


@pytest.mark.parametrize(("change", "line", "said"), REFUSED.values(), ids=REFUSED)
def test_faults_are_told_with_their_line(change, line, said):
    text = BUS.replace(*change)
    assert text != BUS
    with pytest.raises(InputFaults) as raised:
        wheel(text)
    assert any(fault.line == line and said in fault.problem for fault in raised.value.faults), raised.value


def test_two_that_do_not_follow_from_each_other_may_not_set_one_number():
    text = BUS.replace("A shared car,", "A shared car, overrides: {outcomes.company.quantity: 1},")
    text = text.replace("[costs_rise, fewer_come]", "[fewer_come, shared_car]")
    with pytest.raises(InputFaults, match="'fewer_come' and 'shared_car' both set outcomes"):
        wheel(text)


TABLE = "consequence;participant;likelihood;desirability\r\n"
SCORED = f"""\
{HEAD}scores: scores.csv
consequences:
  fewer_come: {{title: Fewer come, follows_from: centre}}
  shared_car: {{title: A shared car, follows_from: centre}}
"""


def test_a_table_of_scores_is_read_as_excel_writes_it(tmp_path):
    rows = "fewer_come;Ömer;7,5;-4\r\nfewer_come;Bo;8;−3\r\n"
    (tmp_path / "scores.csv").write_bytes(("\ufeff" + TABLE + rows).encode())
    found = names(wheel(SCORED, tmp_path))
    assert found["fewer_come"].likelihood.by == {"Ömer": 7.5, "Bo": 8}
    assert found["fewer_come"].desirability.median == -3.5
    assert found["shared_car"].likelihood.n == 0


def test_a_workbook_of_scores_is_read_too(tmp_path):
    book = Workbook()
    for row in (("consequence", "likelihood", "desirability"), ("shared_car", 2, 4)):
        book.active.append(row)
    book.save(tmp_path / "scores.xlsx")
    found = names(wheel(SCORED.replace("scores.csv", "scores.xlsx"), tmp_path))
    assert found["shared_car"].likelihood.by == {"group": 2}


BROKEN = {
    "no file": (None, "no such file"),
    "no column": ("consequence,likelihood\nfewer_come,2\n", "has no column 'desirability'"),
    "unknown": (TABLE + "fewer_came;a;1;1\n", "did you mean 'fewer_come'"),
    "no participant": (TABLE + "fewer_come;;1;1\n", "write who gave the scores"),
    "empty": (TABLE + "fewer_come;a;;1\n", "is empty; give a score, or leave the row out"),
    "off the scale": (TABLE + "fewer_come;a;1;9\n", "off the scale from -5 to 5"),
    "no number": (TABLE + "fewer_come;a;lots;1\n", "found 'lots'"),
    "twice": (TABLE + "fewer_come;a;1;1\nfewer_come;a;2;1\n", "a scores 'fewer_come' a second time"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_table_of_scores_is_refused(text, said, tmp_path):
    if text is not None:
        (tmp_path / "scores.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputFaults) as raised:
        wheel(SCORED, tmp_path)
    assert said in str(raised.value)
    assert text is None or "scores.csv line" in str(raised.value)


def test_a_consequence_is_not_scored_in_two_places(tmp_path):
    (tmp_path / "scores.csv").write_text(TABLE + "fewer_come;a;1;1\n", encoding="utf-8")
    text = SCORED.replace("title: Fewer come,", "title: Fewer come, likelihood: 3,")
    with pytest.raises(InputFaults, match=r"is scored in scores\.csv too"):
        wheel(text, tmp_path)


@st.composite
def graphs(draw, most=15):
    """Consequences, each following from the centre or from some that are named before it."""
    n = draw(st.integers(1, most))
    links = {}
    for number in range(n):
        earlier = list(links)
        chosen = draw(st.lists(st.sampled_from(earlier), max_size=2, unique=True)) if earlier else []
        links[f"c{number}"] = tuple(chosen) or ("centre",)
    return links


@given(graphs(), st.randoms())
@settings(max_examples=25, deadline=None)
def test_the_order_of_entries_changes_nothing(links, rng):
    entries = [
        f"  {name}: {{title: T {name}, follows_from: [{', '.join(of)}]}}" for name, of in links.items()
    ]
    shuffled = rng.sample(entries, len(entries))
    first, second = (wheel(f"{HEAD}consequences:\n" + "\n".join(each)) for each in (entries, shuffled))
    assert first == second
    assert branch_scenarios(first) == branch_scenarios(second)


@given(graphs())
@settings(max_examples=25, deadline=None)
def test_every_consequence_lies_further_out_than_all_it_follows_from(links):
    found = orders(links)
    for name, of in links.items():
        above = [found[other] for other in of if other != "centre"]
        assert found[name] == max(above, default=0) + 1
    inner = {name: [other for other in of if other != "centre"] for name, of in links.items()}
    order = in_order(inner)
    assert all(order.index(other) < order.index(name) for name, of in inner.items() for other in of)
    assert circle_in(inner) == ()


@given(graphs(), st.randoms())
@settings(max_examples=25, deadline=None)
def test_a_circle_is_found_wherever_it_is_and_is_one(links, rng):
    inner = {name: [other for other in of if other != "centre"] for name, of in links.items()}
    last = max(inner, key=lambda name: int(name[1:]))
    chain = [last]
    while inner[chain[-1]]:
        chain.append(inner[chain[-1]][0])
    inner[chain[-1]] = [last]
    circle = circle_in({name: inner[name] for name in rng.sample(list(inner), len(inner))})
    assert circle[0] == circle[-1]
    assert all(after in inner[before] for before, after in pairwise(circle))
    assert circle == circle_in(inner)


def wide_tree(n, seed):
    """A tree of n consequences on three rings, with labels of any size that five lines may have."""
    rng = random.Random(seed)
    parents, ring = {}, {}
    for number in range(n):
        name = f"c{number}"
        inner = [each for each in parents if ring[each] < 3]
        parents[name] = rng.choice(inner) if number >= max(1, n // 6) and inner else None
        ring[name] = 1 if parents[name] is None else ring[parents[name]] + 1
    sizes = {name: (rng.uniform(0.4, 1.6), rng.uniform(0.25, 1.0)) for name in parents}
    return parents, sizes


@given(st.integers(1, 45), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_no_label_overlaps_another_or_the_centre(n, seed):
    parents, sizes = wide_tree(n, seed)
    layout = lay_out(parents, sizes, (2.0, 0.8))
    places = [layout.place(name) for name in parents]
    assert not overlaps([(0, 0), *places], [(2.0, 0.8), *(sizes[name] for name in parents)])
    assert list(layout.rings) == sorted(layout.rings)
    on_ring = [(x / ASPECT) ** 2 + y**2 for x, y in places]
    assert np.allclose(np.sqrt(on_ring), [layout.rings[layout.ring_of[name] - 1] for name in parents])


@given(st.integers(2, 45), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_branches_have_sectors_of_their_own_so_that_links_do_not_cross(n, seed):
    parents, sizes = wide_tree(n, seed)
    layout = lay_out(parents, sizes, (2.0, 0.8))
    for ring in range(2, max(layout.ring_of.values()) + 1):
        outer = [name for name in parents if layout.ring_of[name] == ring]
        outer.sort(key=lambda name: layout.angles[name])
        inner = [layout.angles[parents[name]] for name in outer]
        assert inner == sorted(inner), "children stand in the order of their parents"
    for name, parent in parents.items():
        if parent is not None:
            assert abs(layout.angles[name] - layout.angles[parent]) < 2 * np.pi * 0.75
    assert WIDEST_SECTOR < 0.5


def test_the_picture_says_what_was_found_and_does_not_rest_on_colour():
    plot = draw_wheel(wheel())
    assert (
        plot.title
        == "The bus is cut: of 4 consequences, 1 likely and undesirable, 1 very desirable and unlikely"
    )
    assert "−4 · likely 8/9" in plot.svg
    assert (
        "It breaks down, of the third order, from shared_car, costs_rise (desirability −1 (±))"
        in plot.alternative
    )
    assert drawn_from(names(wheel())["car_breaks"], wheel()) == "costs_rise"


def test_a_wheel_too_large_or_empty_is_not_drawn():
    many = "".join(f"  c{number}: {{title: T, follows_from: centre}}\n" for number in range(121))
    with pytest.raises(InnosiError, match="121 consequences are too many for one picture"):
        draw_wheel(wheel(f"{HEAD}consequences:\n{many}"))
    with pytest.raises(InnosiError, match="there is nothing to draw"):
        draw_wheel(wheel(f"{HEAD}consequences:\n  a: {{title: T}}\n"))
