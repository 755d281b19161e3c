import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from innosi.forecast.report import scenario_report
from innosi.forecast.report.scenario_report import render_report, write_plots, write_report
from innosi.forecast.report.units import in_its_unit
from innosi.forecast.report.wording import (
    chance,
    money,
    number,
    percent,
    ratio_sentence,
)
from innosi.models.errors import InnosiError
from innosi.models.model import Output
from innosi.scenarios.drawing.numbers import ratio
from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.loading.scenario_file import scenarios_from
from innosi.scenarios.results import Draws, Figure, Results
from innosi.scenarios.scenario_set import Experiment, ScenarioSet
from innosi.scenarios.simulation import simulate

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
VOID = {"meta", "br", "hr", "img", "input", "link"}

GARDEN = """
title: A <script>alert(1)</script> garden & more
model: value_map
currency: EUR
price_year: 2016
draws: 400
base:
  discount_rate: 3.5%
  stakeholders: {neighbours: People nearby, municipality: The <b>municipality</b>}
  activities: {gardening: {title: Gardening, outputs: {days: {title: Days in the garden}}}}
  inputs:
    grant: {stakeholder: municipality, amount: {value: €30k .. €50k, evidence: record, source: accounts}}
  outcomes:
    less_loneliness:
      title: Less loneliness
      stakeholder: neighbours
      activity: gardening
      quantity: 20 .. 60
      financial_proxy: {value: 300 .. 1500, evidence: claim, source: "a <i>report</i>"}
      duration: 2 .. 4
      deadweight: 20% .. 60%
      perspective: social
      social_function: buffer
    noise:
      title: Noise
      stakeholder: neighbours
      quantity: 5
      financial_proxy: -€75
      duration: 1
      perspective: social
    belonging:
      title: Belonging
      stakeholder: neighbours
      quantity: 30
      duration: 1
      perspective: social
overrides:
  few_come: {outcomes.less_loneliness.quantity: 5 .. 20}
scenarios:
  as_hoped: []
  quiet: {title: Few come, overrides: [few_come]}
"""


def run(text=GARDEN, folder=Path(), at=NOON):
    return simulate(scenarios_from(parse_document(text, source="garden.yaml", folder=folder)), at=at)


@pytest.fixture(scope="module")
def results():
    return run()


@pytest.fixture(scope="module")
def report(results):
    return render_report(results)


def text_of(html):
    return re.sub(
        r"\s+", " ", re.sub(r"<svg.*?</svg>|<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    )


class Checker(HTMLParser):
    """Notes tags that are not closed in their order, ids, and what a page would load."""

    def __init__(self):
        super().__init__()
        self.stack, self.problems, self.ids, self.loaded, self.tags = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.loaded += [found[key] for key in ("src", "srcset", "data") if found.get(key)]
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.problems.append(tag)


@pytest.fixture(scope="module")
def page(report):
    checker = Checker()
    checker.feed(report)
    return checker


def test_the_headline_figures_are_those_of_the_draws(report, results):
    for scenario in ("as_hoped", "quiet"):
        figure = results.figure("social_return_ratio", scenario, "base")
        assert f"between €{figure.low:.2f} and €{figure.high:.2f} comes back" in report
        assert f"median €{figure.median:.2f}" in report
        assert f">{results.ratio_of_means(scenario, 'base'):.2f}</td>" in report


def test_the_page_is_whole_and_loads_nothing(page, report):
    assert page.problems == []
    assert page.stack == []
    assert page.loaded == []
    assert "script" not in page.tags
    assert not re.search(r'(?:href|url)\(?\s*=?\s*["\'(]https?:', report)
    assert "@import" not in report


def test_no_id_stands_twice(page):
    assert sorted(set(page.ids)) == sorted(page.ids)


def test_what_the_file_says_is_shown_and_never_run(report):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in report
    assert "<script" not in report
    assert "<b>municipality" not in report
    assert "<i>report" not in report


def test_every_figure_has_a_title_and_a_text_in_its_place(report):
    figures = re.findall(r"<figure>(.*?)</figure>", report, re.DOTALL)
    assert len(figures) > 15
    for figure in figures:
        assert re.search(r"<figcaption>[^<]+</figcaption>", figure)
        assert len(re.search(r'role="img" aria-label="([^"]*)"', figure).group(1)) > 20


def test_headings_descend_without_a_gap(page):
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.tags.count("h1") == 1
    assert {"main", "header", "footer"} <= set(page.tags)


def test_the_convention_the_prices_and_the_provenance_are_stated(report):
    text = text_of(report)
    assert "a rate of 3.5% a year; convention “guide”: the value of year 1 is divided by (1 + r)" in text
    assert "EUR, prices of 2016" in text
    assert "seed" in text
    assert "2026-01-01T12:00:00+00:00" in text
    assert "overrides of quiet / base" in text


def test_missing_corrections_and_what_is_not_monetised_stay_visible(report):
    text = text_of(report)
    assert "Missing, or nought: displacement (10 % of published reports make it), attribution" in text
    assert "of 383 published SROI reports have a lower ratio" in text
    assert "Not put into money, and not in these figures: Belonging." in text
    assert "Belonging (People nearby) (not put into money)" in text


def test_every_number_is_shown_with_what_was_taken_its_evidence_and_its_source(report, results):
    text = text_of(report)
    for key, estimate in results.scenarios.experiment().estimates.items():
        assert key in text
        assert estimate.evidence.label in text
    assert "lognormal with 90 % between 30,000 and 50,000 record accounts" in text


def test_what_the_value_rests_on_is_said_in_words(report):
    assert "100 % of the value rests on an assumption. None of it has a matched control" in text_of(report)


def test_a_value_map_without_money_is_told_and_is_no_crash():
    html = render_report(run(re.sub(r"\n      financial_proxy: .*", "", GARDEN)))
    assert "Nothing is put into money" in html


def test_outcomes_that_nobody_has_can_be_drawn():
    nobody = GARDEN.replace("quantity: 20 .. 60", "quantity: 0").replace("quantity: 5\n", "quantity: 0\n")
    assert "For every €1 put in, €0.00 comes back, the same in every draw." in text_of(
        render_report(run(nobody))
    )


def test_same_input_same_bytes(report):
    assert render_report(run()) == report


def test_a_simulated_panel_is_called_so_at_the_top(tmp_path):
    (tmp_path / "judgements.json").write_text(
        '{"format": "innosi-judgements/1", "study": {"title": "A study", "simulated": true, "panellists": 9},'
        ' "round": 2, "judgements": {"people": {"text": "How many?", "n": 9, "assumptions": "equal weights",'
        ' "distribution": {"family": "normal", "mean": 40, "standard_deviation": 5},'
        ' "rounds": [{"round": 1, "n": 9, "median": 38, "lower_quartile": 30, "upper_quartile": 45},'
        ' {"round": 2, "n": 0}]}}}'
    )
    text = GARDEN.replace("quantity: 20 .. 60", "quantity: {judgement: people, from: judgements.json}")
    html = render_report(run(text, tmp_path))
    assert html.index("Simulated panel: the judgements of “A study”") < html.index("<main>")
    assert "round 1: 38 (30 to 45), n = 9" in text_of(html)
    assert "round 2: no answers" in text_of(html)
    assert "equal weights" in html


def test_a_published_schedule_is_named_with_its_source():
    html = render_report(run(GARDEN.replace("discount_rate: 3.5%", "discount_schedule: netherlands-2021")))
    assert "Netherlands, general (2.25 %)" in text_of(html)


def test_a_file_of_fixed_numbers_still_gives_a_report():
    fixed = GARDEN.replace("€30k .. €50k", "€40k").replace("20 .. 60", "40").replace("5 .. 20", "10")
    fixed = fixed.replace("300 .. 1500", "900").replace("2 .. 4", "3").replace("20% .. 60%", "40%")
    html = render_report(run(fixed))
    assert "Every number is fixed, so nothing moves it." in html
    assert "comes back, the same in every draw." in html


@pytest.mark.parametrize("title", ["From $5 to $10", r"'Cost of $\foo$ and $_{'", "噪声 😀"])
def test_titles_are_text_and_never_a_formula(title):
    html = render_report(run(GARDEN.replace("title: Noise", f"title: {title}")))
    assert f">{title.strip(chr(39))}</text>" in html


def test_two_parties_of_one_name_keep_each_their_value():
    same = GARDEN.replace("The <b>municipality</b>", "People nearby").replace(
        "title: Noise\n      stakeholder: neighbours", "title: Noise\n      stakeholder: municipality"
    )
    html = render_report(run(same))
    alternative = re.search(r'aria-label="(Value by stakeholder[^"]*)"', html).group(1)
    assert alternative.count("People nearby: median") == 2


def test_each_way_of_discounting_is_stated_where_scenarios_differ():
    differing = GARDEN.replace("  few_come: {", "  few_come: {discount_rate: 5%, ")
    text = text_of(render_report(run(differing)))
    assert "Discounting of “as hoped”: a rate of 3.5% a year" in text
    assert "Discounting of “Few come”: a rate of 5% a year" in text


def test_ratio_of_draws_and_ratio_of_means_are_told_apart_in_the_headline(report, results):
    figure, means = (
        results.figure("social_return_ratio", "quiet", "base"),
        results.ratio_of_means("quiet", "base"),
    )
    assert f"Ratio of draws {figure.median:.2f} (median); ratio of means {means:.2f}; gross" in text_of(
        report
    )


def test_a_chance_from_draws_is_never_nought_or_certain():
    assert (chance(0.0), chance(1.0), chance(0.25)) == ("less than 1 %", "more than 99 %", "25 %")


class Doubling:
    """A model that is no value map."""

    name, main_output = "doubling", "twice"

    @property
    def outputs(self):
        return {"twice": Output("Twice as much", "people")}

    def evaluate(self, values):
        return {"twice": 2 * np.asarray(values["discount_rate"])}


def test_a_model_that_is_no_value_map_has_a_report_too(results):
    base = results.scenarios.experiment()
    rate = {"discount_rate": base.estimates["outcomes.less_loneliness.quantity"]}
    experiment = Experiment("base", "base", Doubling(), rate, base.resolved)
    about = {
        "title": "Doubling",
        "description": "",
        "scenario_titles": {"base": "Base case"},
        "option_titles": {"base": "Base case"},
        "experiments": (experiment,),
    }
    kept = {
        key: getattr(results.scenarios, key)
        for key in ("source", "sha256", "currency", "price_year", "seed", "draws")
    }
    numbers = np.linspace(1, 3, 100)
    draws = Draws({"discount_rate": numbers}, {"twice": 2 * numbers})
    html = render_report(Results(ScenarioSet(**kept, **about), {("base", "base"): draws}, 100, 0, NOON))
    assert "Twice as much: median 4, 90 % interval 2.2 to 5.8 (people)." in text_of(html)
    assert "From gross to net" not in html


def test_every_plot_is_written_as_a_sound_svg(results, tmp_path):
    paths = write_plots(results, tmp_path / "plots")
    assert {path.name for path in paths} >= {
        "overview.svg",
        "as_hoped.base-tornado.svg",
        "quiet.base-waterfall.svg",
    }
    svg = "{http://www.w3.org/2000/svg}"
    for path in paths:
        root = ET.parse(path).getroot()
        assert root.tag == f"{svg}svg"
        assert root.find(f"{svg}title").text in " ".join(
            text.text or "" for text in root.findall(f"{svg}text")
        )
        assert len(root.find(f"{svg}desc").text) > 20


def test_a_report_that_fails_leaves_the_old_one(results, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")
    monkeypatch.setattr(scenario_report, "render_report", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_report(results, path)
    assert path.read_text() == "old"


def test_a_report_that_cannot_be_written_says_so(results, tmp_path):
    with pytest.raises(InnosiError, match="cannot be written"):
        write_report(results, tmp_path)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "€1"),
        (1234567, "€1.23M"),
        (999.9, "€1k"),
        (-45.67, "−€45.7"),
        (0, "€0"),
        (4.48e8, "€448M"),
        (2e9, "€2bn"),
    ],
)
def test_money_is_short(value, text):
    assert money(value, "EUR") == text


def test_other_numbers_in_words():
    assert money(12, "HUF") == "HUF 12"
    assert (number(float("inf")), number(float("nan")), number(1234.5), number(-0.0123)) == (
        "never",
        "–",
        "1,234",
        "−0.0123",
    )
    assert (percent(0.001), percent(0.999), percent(0.5), percent(0)) == (
        "less than 1 %",
        "more than 99 %",
        "50 %",
        "0 %",
    )


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (1.2, 3.0, "The whole interval lies above £1. The chance that it is more than £1 is 60 %."),
        (0.2, 0.8, "The whole interval lies below £1. The chance that it is more than £1 is 60 %."),
        (
            0.5,
            2.0,
            "more may come back than was put in, or less. The chance that it is more than £1 is 60 %.",
        ),
    ],
)
def test_the_headline_says_on_which_side_of_one_the_interval_lies(low, high, text):
    assert ratio_sentence(Figure(1.0, 1.0, low, high, 0.1, 0.01, 10), 0.6, "GBP").endswith(text)


POSSIBLE = """\
  events:
    cut:
      title: The city cuts its grant
      probability: 20%
      year: 2 .. 4
      duration: 2
      effects: {outcomes: {less_loneliness: -40%}, inputs: {grant: -30% .. -10%}}
    end: {title: The end, probability: 5%, year: 3, effects: {outcomes: {noise: -100%}}}
  series:
    need: {title: Need, outcomes: [less_loneliness], trend: 1% .. 3%, shock: 5%, persistence: 50%}
correlations:
  pairs:
    - {between: [outcomes.less_loneliness.quantity, inputs.grant.amount], rank_correlation: 0.6}
overrides:
"""


def test_what_may_happen_what_moves_and_how_probable_each_scenario_is(report):
    text = GARDEN.replace("overrides:\n", POSSIBLE, 1)
    text = text.replace("as_hoped: []", "as_hoped: {probability: 60%}")
    text = text.replace("{title: Few come,", "{title: Few come, probability: 40%,")
    results = run(text)
    shown = text_of(render_report(results)).replace("\u00a0", " ")
    assert "The city cuts its grant 20% from year 2 .. 4, for 2 years Less loneliness: -40% grant:" in shown
    assert "The end 5% from year 3, to the end Noise: -100%" in shown
    assert "Need always a trend of 1% .. 3% a year; a shock of 5% each year; 50% of it stays" in shown
    assert "an event happens if it is more likely than not" in shown
    assert "counted by their probabilities: as hoped 60 %, Few come 40 %" in shown
    across = results.across_scenarios().iloc[0]
    median, low, high = map(ratio, (across.social_return_ratio, across.p05, across.p95))
    assert f"Base case {median} {low} to {high}" in shown
    assert "Rank correlations (Gaussian copula)" in shown
    for words in ("What may happen", "Over all scenarios", "Rank correlations"):
        assert words not in text_of(report)


@pytest.mark.parametrize("key", ["events.a.effects.inputs.b", "series.a.trend", "events.a.probability"])
def test_numbers_of_events_and_series_are_shown_as_shares(results, key):
    assert in_its_unit(-0.25, key, results.scenarios.experiments[0].model, "EUR") == "−25 %"
