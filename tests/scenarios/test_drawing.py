import itertools

import numpy as np
import pytest

from innosi.models.estimates import EvidenceGrade
from innosi.scenarios.drawing.palette import EVIDENCE, SERIES
from innosi.scenarios.drawing.plots import Row, bars, distributions, waterfall

DRAWS = np.linspace(-1, 3, 500)


def test_every_grade_has_a_colour_of_its_own():
    assert set(EVIDENCE) == set(EvidenceGrade)
    assert len(set(EVIDENCE.values())) == len(EVIDENCE)


def luminance(colour):
    """Relative luminance as the Web Content Accessibility Guidelines 2.2 define it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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

    plots = [bars(name, {"a": DRAWS, "b": -DRAWS}, axis="EUR", title="A finding") for name in ("one", "two")]
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
    plot = bars("x", {"<script>": DRAWS}, axis="EUR", title="T")
    assert "<script>" not in plot.svg


def test_dollars_in_a_title_are_money_and_no_formula():
    plot = bars("x", {r"Cost of $\foo$": DRAWS}, axis="$5 to $10", title="T")
    assert r"$\foo$" in plot.svg
