"""Drivers on the impact–uncertainty grid, and scenario axes between two of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.signals.axes import axes_from
from innosi.scenarios.construction.signals.drawing_axes import axes_title, draw_axes
from innosi.scenarios.construction.signals.drawing_grid import draw_grid
from innosi.scenarios.construction.signals.drivers_reading import drivers_from
from innosi.scenarios.construction.signals.grid import (
    Quadrant,
    impact_uncertainty_grid,
    rating_correlations,
    suggested_axes,
)
from innosi.scenarios.loading.document import parse_document

SCALES = [[1, 9], [1, 9]]


def grid_of(ratings, **how):
    return impact_uncertainty_grid(ratings, scales=SCALES, **how)


def test_drivers_lie_at_their_medians_with_quartiles_of_type_7():
    """R: quantile(c(1, 2, 4, 8), c(.25, .5, .75)) is 1.75, 3, 5."""
    found = grid_of([[[1, 8]], [[2, 4]], [[4, 2]], [[8, 1]]])
    assert found.lower.tolist() == [[1.75, 1.75]]
    assert found.medians.tolist() == [[3, 3]]
    assert found.upper.tolist() == [[5, 5]]
    assert found.disagreement.tolist() == [3.25 / 8]


def test_each_quadrant_has_its_name_and_the_cut_itself_is_low():
    one = [[[9, 9], [9, 1], [1, 9], [1, 1], [5, 9]]]
    found = grid_of(one)
    assert found.quadrants == (
        Quadrant.CRITICAL,
        Quadrant.GIVEN,
        Quadrant.WATCH,
        Quadrant.BACKGROUND,
        Quadrant.WATCH,
    )
    assert found.sureness.tolist() == [1] * 5
    assert found.scores.tolist() == [1, 0, 0, 0, 0.5]


def test_the_cut_may_be_the_median_of_the_drivers():
    ratings = [[[9, 9], [8, 8], [7, 7]]]
    assert grid_of(ratings).quadrants == (Quadrant.CRITICAL,) * 3
    found = grid_of(ratings, cut="median")
    assert found.cuts.tolist() == [8, 8]
    assert found.quadrants == (Quadrant.CRITICAL, Quadrant.BACKGROUND, Quadrant.BACKGROUND)


def test_how_sure_a_quadrant_is_is_the_share_of_resamples():
    """Of three panellists two say high: the median of a resample is high with 20/27, by the binomial."""
    ratings = [[[9, 9]], [[9, 9]], [[1, 9]]]
    found = grid_of(ratings, n_resamples=20_000)
    assert found.quadrants == (Quadrant.CRITICAL,)
    assert found.sureness[0] == pytest.approx(20 / 27, abs=0.01)


def test_ratings_that_were_left_out_do_not_count():
    some = np.array([[[9, 9], [np.nan, 2]], [[7, np.nan], [3, 4]], [[8, 7], [np.nan, np.nan]]])
    found = grid_of(some)
    assert found.n.tolist() == [[3, 2], [1, 2]]
    assert found.medians.tolist() == [[8, 8], [3, 3]]
    assert np.isfinite(found.sureness).all()


panels = st.lists(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=3, max_size=3), min_size=1, max_size=6
)


@given(panels, st.randoms(use_true_random=False))
def test_the_order_of_the_panellists_does_not_matter(panel, random):
    shuffled = random.sample(panel, len(panel))
    one, other = (grid_of(each, n_resamples=20) for each in (panel, shuffled))
    np.testing.assert_array_equal(one.sureness, other.sureness)
    np.testing.assert_array_equal(one.medians, other.medians)


@given(panels)
def test_a_scale_twice_as_long_changes_no_quadrant(panel):
    ratings = np.array(panel, dtype=float)
    one = grid_of(ratings, n_resamples=20)
    other = impact_uncertainty_grid(2 * ratings + 3, scales=[[5, 21], [5, 21]], n_resamples=20)
    assert one.quadrants == other.quadrants
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-12)
    np.testing.assert_array_equal(one.sureness, other.sureness)


@pytest.mark.parametrize(
    ("ratings", "said"),
    [
        ([], "there are no ratings"),
        ([[]], "there are no ratings"),
        ([[[1, np.nan]]], "rated by nobody"),
        ([[[10, 5]]], "the rating 10 lies off its scale"),
    ],
)
def test_ratings_that_are_none_are_refused(ratings, said):
    with pytest.raises(InnosiError, match=said):
        grid_of(ratings)


def test_correlations_are_spearmans_of_how_critical_drivers_are_held():
    ratings = np.random.default_rng(7).integers(1, 10, (12, 3, 2)).astype(float)
    ratings[3, 2] = np.nan
    found = rating_correlations(ratings)
    critical = ratings.prod(axis=2)
    assert found[0, 1] == pytest.approx(spearmanr(critical[:, 0], critical[:, 1]).statistic)
    rest = np.delete(critical, 3, axis=0)
    assert found[0, 2] == pytest.approx(spearmanr(rest[:, 0], rest[:, 2]).statistic)
    assert np.isnan(rating_correlations(ratings[:4])).all()
    assert np.isnan(rating_correlations(np.ones((8, 2, 2)))).all()


def test_axes_are_critical_and_independent():
    rho = np.full((3, 3), np.nan)
    rho[0, 1] = rho[1, 0] = -0.9
    found = suggested_axes([0.64, 0.64, 0.36], rho)
    assert [pair.drivers for pair in found] == [(0, 2), (1, 2), (0, 1)]
    assert [pair.score for pair in found] == pytest.approx([0.48, 0.48, 0.064])


DRIVERS = """\
method: drivers
title: What drives the garden
register_file: register.yaml
cut: middle
drivers:
  land:
    title: The land
    signals: [lease]
    states: {sold: Sold, kept: Kept}
  money: The money
ratings:
  p1: {land: [8, 9], money: [7, 6]}
  p2: {land: [9, 7], money: [8, 7]}
"""
REGISTER = """\
method: signals
title: What we saw
signals:
  lease: {title: Leases run for a year, category: political}
  rent: {title: Rents go up, category: economic, driver: money}
  frost: {title: Late frost, category: environmental, driver: weather}
"""


@pytest.fixture
def read(tmp_path):
    """Read a file of drivers, or of axes; other files by name, with `_` for the point."""

    def reading(text, reads=drivers_from, **files):
        for name, content in {"register_yaml": REGISTER, **files}.items():
            (tmp_path / name.replace("_", ".")).write_text(content, encoding="utf-8")
        return reads(parse_document(text, source="file.yaml", folder=tmp_path))

    return reading


def test_signals_stand_behind_drivers_from_either_side(read):
    found = read(DRIVERS)
    assert {name: each.signals for name, each in found.drivers.items()} == {
        "land": ("lease",),
        "money": ("rent",),
    }
    assert found.strangers == ("weather",)
    assert found.summary == "a sound file of drivers, 2 drivers, rated by 2"
    assert found.of(Quadrant.CRITICAL) == ("land", "money")
    assert found.chosen == ("land", "money")


def test_drivers_need_no_ratings_and_no_register(read):
    text = (
        DRIVERS[: DRIVERS.index("ratings:")]
        .replace("register_file: register.yaml\n", "")
        .replace("    signals: [lease]\n", "")
    )
    found = read(text)
    assert found.grid is None
    assert found.summary == "a sound file of drivers, 2 drivers, not rated yet"
    with pytest.raises(InnosiError, match="nobody has rated"):
        draw_grid(found)


TABLED = DRIVERS[: DRIVERS.index("ratings:")] + "rating_table: ratings.csv\n"


@pytest.mark.parametrize(
    "table",
    [
        "panellist,driver,impact,uncertainty\np1,land,8,9\np1,money,7,6\np2,land,9,7\np2,money,8,7\n",
        "\ufeffuncertainty;impact;driver;panellist\r\n9,0;8;land;p1\r\n6;7;money;p1\r\n7;9;land;p2\r\n7;8;money;p2\r\n",
        "round,code,group,question,part,value,text,reason\n"
        "1,a,,land,impact,1.0,,\n1,a,,land,uncertainty,9.0,,\n1,a,,money,impact,7.0,,\n1,a,,money,uncertainty,6.0,,\n"
        "2,a,,land,impact,8.0,,because\n1,a,,other,value,77,,\n1,b,,land,impact,9,,\n1,b,,land,uncertainty,7,,\n"
        "1,b,,money,impact,8,,\n1,b,,money,uncertainty,7,,\n",
    ],
)
def test_ratings_are_the_same_wherever_they_stand(read, table):
    one, other = read(DRIVERS), read(TABLED, ratings_csv=table)
    np.testing.assert_array_equal(one.ratings.values, other.ratings.values)
    np.testing.assert_array_equal(one.grid.sureness, other.grid.sureness)


def test_the_round_of_a_study_may_be_chosen(read):
    rows = "".join(
        f"{number},a,{name},{part},{value}\n"
        for number, value in ((1, 2), (2, 8))
        for name in ("land", "money")
        for part in ("impact", "uncertainty")
    )
    table = f"round,code,question,part,value\n{rows}"
    assert read(TABLED, ratings_csv=table).grid.medians.max() == 8
    assert read(TABLED + "rating_round: 1\n", ratings_csv=table).grid.medians.max() == 2
    with pytest.raises(InputFaults, match="has no ratings of round 3; it has those of round 1, 2"):
        read(TABLED + "rating_round: 3\n", ratings_csv=table)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[lease]", "[leas]"), r"line 8 +drivers.land.signals.0 +found 'leas'.*did you mean 'lease'"),
        (("register_file: register.yaml\n", ""), r"stands here without a register"),
        (("register.yaml", "none.yaml"), r"line 3 +register_file .*no such file"),
        (("register.yaml", "file.txt"), r"register_file"),
        (
            ("p2: {land: [9, 7], money", "p2: {lnd: [9, 7], money"),
            r"ratings.p2.lnd +'lnd' is no driver.*'land'",
        ),
        (
            ("land: [8, 9]", "land: [8, 10]"),
            r"line 12 +ratings.p1.land.1 +found 10; uncertainty goes from 1 to 9",
        ),
        (("land: [8, 9]", "land: [8, .nan]"), r"ratings.p1.land.1"),
        (("land: [8, 9]", "land: [true, 9]"), r"ratings.p1.land.0"),
        (("land: [8, 9]", "land: [8]"), r"ratings.p1.land"),
        (("land: [8, 9]", "land: [8, 9, 1]"), r"ratings.p1.land"),
        (("cut: middle", "correlations: [{drivers: [land], value: 0}]"), r"correlations.0.drivers"),
        (("land: [8, 9]", "land: [8, 1e400]"), r"ratings.p1.land.1"),
        (("{sold: Sold, kept: Kept}", "{sold: Sold}"), r"one state leaves nothing open"),
        (("cut: middle", "cut: mean"), r"found 'mean'; choose one of: middle, median"),
        (("cut: middle", "chosen: [lnd]"), r"'lnd' is no driver.*'land'"),
        (("cut: middle", "scales: {impact: {low: 5, high: 5}}"), r"it must lie above"),
        (("cut: middle", "rating_table: x.csv"), r"stands beside `ratings`"),
        (("cut: middle", "rating_round: 1"), r"rating_round +is for a `rating_table`"),
        (("cut: middle", "correlations: [{drivers: [land, land], value: 0}]"), r"beside itself"),
        (("cut: middle", "correlations: [{drivers: [land, mony], value: 0}]"), r"did you mean 'money'"),
        (("cut: middle", "correlations: [{drivers: [land, money], value: 2}]"), r"correlations.0.value"),
        (
            (
                "cut: middle",
                "correlations: [{drivers: [land, money], value: 0}, {drivers: [money, land], value: 1}]",
            ),
            r"were judged before",
        ),
    ],
)
def test_a_file_of_drivers_that_is_wrong_is_refused_where_it_is_wrong(read, change, said):
    with pytest.raises(InputFaults, match=said):
        read(DRIVERS.replace(*change), file_txt="method: drivers\ntitle: x\n")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("panellist,driver,impact\np1,land,8\n", r"has no column 'uncertainty'"),
        ("panellist,driver,impact,uncertainty,colour\np1,land,8,9,x\n", r"column 'colour' that is not known"),
        ("panellist,driver,impact,uncertainty\np1,land,8,9\n", r"drivers.money +was not rated by anybody"),
        ("panellist,driver,impact,uncertainty\n,land,8,9\n", r"ratings.csv line 2 +panellist +is missing"),
        ("panellist,driver,impact,uncertainty\np1,lnd,8,9\n", r"line 2 +driver +found 'lnd'.*'land'"),
        ("panellist,driver,impact,uncertainty\np1,land,8,9\np1,land,8,9\n", r"line 3 .*on line 2 already"),
        ("panellist,driver,impact,uncertainty\np1,land,high,9\n", r"line 2 +impact +found 'high'"),
        (
            "panellist,driver,impact,uncertainty\np1,land,0,99\n",
            r"line 2 +impact +found 0; impact goes from 1 to 9",
        ),
        ("code,question,part,value\na,land,impact,8\n", r"drivers.land +was not rated by anybody"),
    ],
)
def test_a_table_of_ratings_that_is_wrong_is_refused_where_it_is_wrong(read, table, said):
    with pytest.raises(InputFaults, match=said):
        read(TABLED, ratings_csv=table)


def test_pooled_judgements_are_no_ratings(read):
    with pytest.raises(InputFaults, match="holds answers apart from who gave them"):
        read(TABLED.replace("ratings.csv", "judgements.json"))


AXES = """\
method: scenario_axes
title: The garden in 2035
drivers_file: drivers.yaml
axes:
  land:
    poles:
      sold: {title: Sold, weight: 3, overrides: {inputs.grant.amount: 1}}
      kept: {title: Kept, weight: 1}
  money:
    poles:
      short: {title: Short, weight: 1}
      ample: {title: Ample, weight: 1}
scenarios:
  a: {title: Nothing, poles: {land: sold, money: short}}
  b: {title: Indoors, poles: {money: ample, land: sold}}
  c: {title: Weeds, poles: {land: kept, money: short}}
  d: {title: Plenty, poles: {land: kept, money: ample}, story: Apples for everybody.}
"""


def test_four_scenarios_stand_between_two_axes(read):
    found = read(AXES, axes_from, drivers_yaml=DRIVERS)
    assert [axis.title for axis in found.axes] == ["The land", "The money"]
    assert [each.places for each in found.scenarios] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [each.weight for each in found.scenarios] == [0.375, 0.375, 0.125, 0.125]
    assert found.constructed()[3].settings == ("land-kept", "money-ample")
    assert list(found.settings) == ["land-sold"]
    assert axes_title(found).endswith("“Nothing” and “Indoors” count most, with 38 % each")
    assert "Apples for everybody" in draw_axes(found).alternative


def test_weights_may_stand_with_scenarios_or_nowhere(read):
    bare = AXES.replace(", weight: 3", "").replace(", weight: 1", "")
    assert {each.weight for each in read(bare, axes_from, drivers_yaml=DRIVERS).scenarios} == {None}
    weighted = bare.replace("{title: ", "{weight: 2, title: ").replace(
        "{weight: 2, title: Sold", "{title: Sold"
    )
    for pole in ("Kept", "Short", "Ample"):
        weighted = weighted.replace(f"{{weight: 2, title: {pole}", f"{{title: {pole}")
    found = read(weighted, axes_from, drivers_yaml=DRIVERS)
    assert found.weighted_by == "scenario"
    assert axes_title(found).endswith("all with the same weight")


@pytest.mark.parametrize(
    ("judged", "is_dependent"), [("0.1", False), ("0.3", True), ("-0.8", True), ("0", False)]
)
def test_axes_that_are_not_independent_are_warned_of(read, judged, is_dependent):
    text = AXES.replace("axes:\n", f"correlation: {judged}\naxes:\n", 1).replace(
        "drivers_file: drivers.yaml\n", ""
    )
    found = read(text, axes_from)
    assert found.is_dependent is is_dependent
    assert any("WARNING: the axes are not independent" in note for note in found.notes) is is_dependent
    assert any("multiplied as if" in note for note in found.notes) is is_dependent
    drivers = DRIVERS + f"correlations: [{{drivers: [money, land], value: {judged}}}]\n"
    assert read(AXES, axes_from, drivers_yaml=drivers).is_dependent is is_dependent


def test_a_pole_that_is_no_state_of_its_driver_is_told(read):
    changed = AXES.replace("kept", "leased")
    with pytest.raises(InputFaults, match=r"axes.land.poles.leased +is no state of land in drivers.yaml"):
        read(changed, axes_from, drivers_yaml=DRIVERS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("  land:\n", "  lnd:\n"), r"line 5 +axes.lnd +is no driver of drivers.yaml; did you mean 'land'"),
        (("land: sold, money: short", "land: slod, money: short"), r"'slod' is no pole of land.*'sold'"),
        (("land: sold, money: short", "lan: sold, money: short"), r"'lan' is no axis; did you mean 'land'"),
        (("{land: sold, money: short}", "{land: sold}"), r"scenarios.a.poles"),
        (("money: ample, land: sold", "money: short, land: sold"), r"sold and short meet in 'a' already"),
        (("money: ample, land: sold", "money: short, land: sold"), r"have none where sold and ample meet"),
        (("weight: 3", "weight: 0"), r"axes.land.poles.sold.weight"),
        (("weight: 3, ", ""), r"has no weight, and others have"),
        (
            ("{title: Nothing,", "{weight: 1, title: Nothing,"),
            r"axes.land.poles.sold.weight +stands beside weights",
        ),
        (("  d: {title", "  c: {title"), r"'c' stands twice"),
        (("drivers.yaml", "register.yaml"), r"register.yaml is no file of drivers"),
        (("  money:\n", "  weather: {poles: {a: A, b: B}}\n  money:\n"), r"axes"),
        (("title: The garden in 2035", "correlation: .nan\ntitle: x"), r"correlation"),
    ],
)
def test_a_file_of_axes_that_is_wrong_is_refused_where_it_is_wrong(read, change, said):
    with pytest.raises(InputFaults, match=said):
        read(AXES.replace(*change), axes_from, drivers_yaml=DRIVERS)


def test_a_panellist_may_leave_a_driver_out(read):
    found = read(DRIVERS.replace("[8, 9], money: [7, 6]", "[8, 9]").replace("[8, 9]", "[8, null]"))
    assert found.ratings.n_missing == 3
    assert "3 ratings were left out" in found.notes


def test_of_few_panellists_nothing_is_said_of_how_sure_a_quadrant_is(read):
    found = read(DRIVERS)
    assert not found.can_be_sure
    assert "fewer than 5 rated: how sure a quadrant is cannot be told" in found.notes
    more = "".join(f"  q{i}: {{land: [8, 9], money: [7, 6]}}\n" for i in range(3))
    assert read(DRIVERS + more).can_be_sure


def test_faults_of_the_drivers_are_told_where_they_stand(read):
    with pytest.raises(InputFaults, match=r"drivers.yaml line 12 +ratings.p1.money.0"):
        read(AXES, axes_from, drivers_yaml=DRIVERS.replace("[7, 6]", "[70, 6]"))


def test_a_grid_is_drawn_with_its_finding(read):
    plot = draw_grid(read(DRIVERS))
    assert plot.title == "2 of 2 drivers are critical uncertainties, first of all “The land” and “The money”"
    assert "The land: critical uncertainty, impact 8.5, uncertainty 8" in plot.alternative
