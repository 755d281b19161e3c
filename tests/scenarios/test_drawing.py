import itertools

import numpy as np
import pytest
from scipy.special import ndtri

from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.drawing.numbers import ratio, short
from innosi.scenarios.drawing.palette import EVIDENCE, SERIES, luminance, text_on
from innosi.scenarios.drawing.plots import Row, bars, by_year, distributions, waterfall
from innosi.scenarios.drawing.scales import decades, fitting_scale, shape

DRAWS = np.linspace(-1, 3, 500)
NORMAL = ndtri((np.arange(4000) + 0.5) / 4000)


def test_every_grade_has_a_colour_of_its_own():
    assert set(EVIDENCE) == set(EvidenceGrade)
    assert len(set(EVIDENCE.values())) == len(EVIDENCE)


@pytest.mark.parametrize("grade", EvidenceGrade)
def test_text_on_a_colour_can_be_read(grade):
    """At least 4.5 to 1, the AA level of the Web Content Accessibility Guidelines 2.2."""
    shades = sorted((luminance(EVIDENCE[grade]), luminance(text_on(EVIDENCE[grade]))))
    assert (shades[1] + 0.05) / (shades[0] + 0.05) >= 4.5


@pytest.mark.parametrize(("colour", "known"), [("#000000", 0.0), ("#ffffff", 1.0), ("#808080", 0.21586)])
def test_luminance_is_that_of_the_guidelines(colour, known):
    assert luminance(colour) == pytest.approx(known, abs=1e-5)


def test_evidence_goes_from_dark_to_light_where_neighbours_would_be_confused_in_grey():
    shades = [luminance(EVIDENCE[grade]) for grade in EvidenceGrade]
    assert shades[0] == min(shades)
    assert shades[-1] == max(shades)
    assert all(abs(first - second) > 0.03 for first, second in itertools.pairwise(shades))


def test_series_differ():
    assert len(set(SERIES)) == len(SERIES)


def test_the_same_data_give_the_same_bytes():
    def drawn():
        return distributions("x", [Row("a", DRAWS)], axis="ratio", reference=1.0, title="A finding")

    assert drawn() == drawn()


def test_two_figures_on_a_page_share_no_id():
    import re

    values = [("a", DRAWS), ("b", -DRAWS)]
    plots = [bars(name, values, axis="EUR", title="A finding") for name in ("one", "two")]
    first, second = (set(re.findall(r'\bid="([^"]+)"', plot.svg)) for plot in plots)
    assert first
    assert not first & second
    referred = set(re.findall(r"url\(#([^)]+)\)", plots[0].svg))
    assert referred <= first


@pytest.mark.parametrize("draws", [np.zeros(100), np.full(100, -3.0), DRAWS * 1e9, np.array([0.5])])
def test_any_draws_can_be_drawn(draws):
    plot = distributions(
        "x",
        [Row("a label that is much too long to stand in a single line of a plot", draws)],
        axis="ratio",
        reference=1.0,
        title="T",
    )
    assert plot.svg.startswith("<svg")
    assert "median" in plot.alternative


def test_a_waterfall_ends_at_the_sum_of_its_steps():
    plot = waterfall("x", {"gross": 100.0, "deadweight": -30.0, "attribution": -20.0}, axis="EUR", title="T")
    assert plot.alternative == "T. gross 100; deadweight -30; attribution -20; the project's own 50."


def test_user_text_is_escaped():
    plot = bars("x", [("<script>", DRAWS)], axis="EUR", title="T")
    assert "<script>" not in plot.svg


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999.6, "1k"), (1.24e6, "1.24M"), (2e9, "2bn"), (-45.67, "−45.7"), (0.0123, "0.0123")],
)
def test_numbers_are_short(value, text):
    assert short(value) == text


def test_what_is_no_number_has_a_sign_of_its_own():
    assert (short(np.nan), short(np.inf), short(-np.inf)) == ("–", "∞", "−∞")


def test_a_ratio_has_two_decimals_until_they_mean_nothing():
    assert [ratio(value) for value in (-0.001, -1.234, 99.99, 245.55, 125137.3)] == [
        "0.00",
        "−1.23",
        "99.99",
        "246",
        "125k",
    ]


def test_an_axis_is_linear_where_that_shows_every_row():
    assert fitting_scale([1 + 0.2 * NORMAL, 3 + 0.5 * NORMAL], 1.0).is_linear
    assert fitting_scale([np.full(10, 2.0)], 1.0).is_linear


def test_an_axis_is_logarithmic_where_a_row_would_be_hidden():
    scale = fitting_scale([np.exp(NORMAL), 300 * np.exp(NORMAL)], 1.0)
    assert scale.linear_width == 0
    assert scale.low < 1 < scale.high
    assert "logarithmic" in scale.note


def test_a_loss_can_stand_on_a_wide_axis():
    rows = [0.5 * NORMAL, 300 * np.exp(NORMAL)]
    scale = fitting_scale(rows, 1.0)
    assert scale.linear_width
    assert scale.low < 0
    places = scale.place(np.array([-1.0, 0.0, 0.01, 1.0, 100.0]))
    assert np.all(np.diff(places) > 0)
    assert scale.value(places) == pytest.approx([-1.0, 0.0, 0.01, 1.0, 100.0])


def test_a_narrow_row_is_not_drawn_wider_beside_a_wide_one():
    """A normal distribution is 2.355 standard deviations wide at half its height (here: of logarithms)."""
    narrow, wide = np.exp(0.2 * NORMAL), 200 * np.exp(NORMAL)
    where, heights = shape(narrow, fitting_scale([narrow, wide], 1.0))
    tall = where[heights >= 0.5]
    assert np.log(tall[-1] / tall[0]) == pytest.approx(2.355 * 0.2, rel=0.15)


def test_ticks_are_few():
    assert decades(0.08, 14) == [0.1, 0.3, 1.0, 3.0, 10.0]
    assert decades(0.5, 3e4) == [1.0, 10.0, 100.0, 1000.0, 10000.0]
    assert len(decades(1e-9, 1e12)) <= 9


def test_endless_draws_can_be_drawn():
    draws = np.array([1.0, 2.0, np.inf, np.inf])
    assert distributions("x", [Row("a", draws)], axis="months", reference=None, title="T").svg


def test_years_are_labelled_sparsely():
    plot = by_year("x", [DRAWS] * 40, DRAWS + 2, axis="EUR", title="T")
    assert ">40</text>" in plot.svg
    assert ">39</text>" not in plot.svg


def test_rows_of_one_label_are_each_drawn():
    plot = bars("x", [("same", DRAWS), ("same", 2 * DRAWS)], axis="EUR", title="T")
    assert plot.alternative.count("same: median") == 2


def test_the_end_of_a_long_label_is_kept():
    label = "An outcome whose title is far longer than any plot has room for: deadweight"
    assert ">deadweight</text>" in bars("x", [(label, DRAWS)], axis="EUR", title="T").svg
