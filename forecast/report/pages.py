"""What the report says of one scenario under one option."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from innosi.forecast.report.units import in_its_unit, label_of, result_sentence
from innosi.forecast.report.wording import (
    evidence_sentence,
    evidence_title,
    over_claim_sentences,
    percent,
    ratio_sentence,
    standing_sentence,
)
from innosi.models.arrays import FloatArray
from innosi.models.estimates import Estimate
from innosi.models.impact import CORRECTIONS
from innosi.models.model import Output
from innosi.models.value_map import ValueMap
from innosi.scenarios.analysis.evidence import EvidenceShares, evidence_shares
from innosi.scenarios.analysis.over_claim import OverClaim, over_claim
from innosi.scenarios.analysis.tornado import BreakEven, Swing, break_even, tornado
from innosi.scenarios.chunks import Draws
from innosi.scenarios.drawing.figures import Plot
from innosi.scenarios.drawing.numbers import ratio, short
from innosi.scenarios.drawing.palette import INPUT
from innosi.scenarios.drawing.plots import (
    MOST_SWINGS,
    Row,
    Values,
    bars,
    by_year,
    distributions,
    evidence_plot,
    published_strip,
    tornado_plot,
    waterfall,
)
from innosi.scenarios.results import Results
from innosi.scenarios.scenario_set import Experiment
from innosi.scenarios.summaries.summary import Figure, Summary

_NEGLIGIBLE = 0.002


@dataclass(frozen=True)
class Assumption:
    """One number of the model, as stated and as taken."""

    key: str
    estimate: Estimate
    origin: str


@dataclass(frozen=True)
class ExperimentPage:
    """Everything that is shown of one scenario under one option."""

    results: Results
    experiment: Experiment
    index: int

    @property
    def name(self) -> str:
        """A name for its figures and anchors that no other page has."""
        return f"{self.experiment.scenario}.{self.experiment.option}"

    @property
    def title(self) -> str:
        """The scenario, and the option where there is more than one."""
        titles = self.results.scenarios
        scenario = titles.scenario_titles[self.experiment.scenario]
        if len(titles.option_titles) == 1:
            return scenario
        return f"{titles.option_titles[self.experiment.option]}: {scenario}"

    @property
    def is_value_map(self) -> bool:
        """Whether the model is a value map, with all that the report can say of one."""
        return isinstance(self.experiment.model, ValueMap)

    @property
    def draws(self) -> Draws:
        """The kept draws of the experiment, which plots show."""
        return self.results.draws[self.experiment.scenario, self.experiment.option]

    @property
    def main(self) -> FloatArray:
        """The kept draws of the main output."""
        return self.draws.outputs[self.experiment.model.main_output]

    @property
    def figure(self) -> Figure:
        """The main output in numbers, over all draws."""
        return self._summary.figure

    @property
    def _summary(self) -> Summary:
        pair = self.experiment.scenario, self.experiment.option
        return self.results.summary_of(self.experiment.model.main_output, *pair)

    @property
    def sentence(self) -> str:
        """The headline in words."""
        if self.is_value_map:
            chance = self._summary.share_above(1.0)
            return ratio_sentence(self.figure, chance, self.results.scenarios.currency)
        main = self.experiment.model.main_output
        return self._in_words(main, self.experiment.model.outputs[main])

    def _in_words(self, name: str, output: Output) -> str:
        found = Figure.of(self.draws.outputs[name])
        return result_sentence(output.title, output.unit, found, self.results.scenarios.currency)

    @property
    def other_results(self) -> list[str]:
        """The other outputs in words, of a model that is no value map."""
        model = self.experiment.model
        if self.is_value_map:
            return []
        others = ((name, each) for name, each in model.outputs.items() if name != model.main_output)
        return [self._in_words(name, each) for name, each in others]

    @cached_property
    def swings(self) -> list[Swing]:
        """The tornado, without the numbers that move nothing."""
        found = tornado(self.experiment, self.experiment.model.main_output)
        return [swing for swing in found if swing.width > 0]

    @cached_property
    def break_even(self) -> list[BreakEven]:
        """What the numbers that move the result most would have to be for a ratio of 1."""
        if not self.is_value_map:
            return []
        found = {each.name: each for each in break_even(self.experiment, self.experiment.model.main_output)}
        return [found[swing.name] for swing in self.swings[:MOST_SWINGS]]

    @cached_property
    def over_claim(self) -> OverClaim | None:
        """The over-claim check."""
        return over_claim(self.experiment, self.draws)

    @cached_property
    def evidence(self) -> EvidenceShares | None:
        """What the value rests on."""
        return evidence_shares(self.experiment, self.draws)

    @property
    def evidence_sentence(self) -> str:
        """What the value rests on, in words."""
        return evidence_sentence(self.evidence) if self.evidence else ""

    @property
    def over_claim_sentences(self) -> list[str]:
        """The over-claim check in words."""
        return over_claim_sentences(self.over_claim) if self.over_claim else []

    @cached_property
    def labels(self) -> dict[str, str]:
        """Names of inputs as people read them."""
        model, document = self.experiment.model, self.experiment.resolved.document.data
        return {swing.name: label_of(swing, model, document) for swing in self.swings}

    def in_its_unit(self, name: str, value: float) -> str:
        """Return a value of an input as people read it: money, a percentage, years, or a number."""
        return self._said(next(swing.keys[0] for swing in self.swings if swing.name == name), value)

    def taken(self, assumption: Assumption) -> str:
        """Return what was taken for a number: in its unit, or its distribution in words."""
        found = assumption.estimate.distribution
        return self._said(assumption.key, found.median) if found.is_constant else found.describe()

    def _said(self, key: str, value: float) -> str:
        return in_its_unit(value, key, self.experiment.model, self.results.scenarios.currency)

    @property
    def assumptions(self) -> list[Assumption]:
        """Every number, with where it was written."""
        origins = self.experiment.resolved.origins
        return [
            Assumption(key, estimate, _origin(key, origins))
            for key, estimate in self.experiment.estimates.items()
            if not estimate.is_chance
        ]

    @property
    def changes(self) -> list[Assumption]:
        """The numbers that the scenario or the option changes."""
        return [each for each in self.assumptions if each.origin]

    @property
    def theory_of_change(self) -> list[dict[str, Any]]:
        """Activities with their outputs and the outcomes they lead to, as a value map's file states them."""
        if not self.is_value_map:
            return []
        data = self.experiment.resolved.document.data
        activities = dict(data.get("activities") or {})
        rows = [
            {
                "title": each.get("title", name),
                "outputs": _titles(each.get("outputs")),
                "outcomes": list(_outcomes_of(data, name)),
            }
            for name, each in activities.items()
        ]
        loose = list(_outcomes_of(data, None))
        return [*rows, {"title": "not said", "outputs": [], "outcomes": loose}] if loose else rows

    @property
    def not_monetised(self) -> list[str]:
        """Titles of the outcomes that are not put into money."""
        model = self.experiment.model
        if not isinstance(model, ValueMap):
            return []
        return [outcome.title for outcome in model.outcomes.values() if not outcome.is_monetised]

    @cached_property
    def plots(self) -> list[Plot]:
        """Every figure of the page."""
        return list(_plots(self))

    def plot(self, kind: str) -> Plot | None:
        """Return the figure of a kind, if there is one."""
        return next((plot for plot in self.plots if plot.name == f"{self.name}-{kind}"), None)


def page_of(results: Results, experiment: Experiment, index: int) -> ExperimentPage:
    """Return the page of one experiment."""
    return ExperimentPage(results, experiment, index)


def overview_plot(results: Results) -> Plot:
    """Draw the distribution of the main output in every scenario and option."""
    options = list(results.scenarios.option_titles)
    pages = [page_of(results, each, index) for index, each in enumerate(results.scenarios.experiments)]
    rows = [Row(page.title, page.main, options.index(page.experiment.option)) for page in pages]
    output = pages[0].experiment.model.outputs[pages[0].experiment.model.main_output]
    is_ratio = output.unit == "ratio"
    best = max(pages, key=lambda page: page.figure.median)
    above = sum(page.figure.low > 1 for page in pages)
    title = f"{output.title}: highest in “{best.title}”" if len(pages) > 1 else output.title
    if is_ratio and len(pages) > 1:
        title += "; the 90 % interval lies above 1 in " + (f"{above} of {len(pages)}" if above else "none")
    return distributions(
        "overview",
        rows,
        axis=f"{output.title.lower()} (dot: median, bar: 90 % interval)",
        reference=1.0 if is_ratio else None,
        title=title,
    )


def _plots(page: ExperimentPage) -> Iterator[Plot]:
    model = page.experiment.model
    if not isinstance(model, ValueMap):
        yield from _tornado(page)
        return
    outputs, price = page.draws.outputs, _price(page)
    if not any(outcome.is_monetised for outcome in model.outcomes.values()):
        yield _finance(page, model, price)
        return
    for kind, word in (("stakeholder", "Value by stakeholder"), ("outcome", "Value by outcome")):
        yield _share_plot(page, kind, word, price)
    yield _by_year(page, price)
    yield _share_plot(page, "perspective", "Whose purse it reaches", price)
    if any(name.startswith("present_value.social_function.") for name in outputs):
        yield _share_plot(page, "social_function", "What social investment does here", price)
    yield _finance(page, model, price)
    yield _waterfall(page, price)
    yield from _tornado(page)
    if page.evidence:
        yield evidence_plot(f"{page.name}-evidence", page.evidence, title=evidence_title(page.evidence))
    if page.over_claim:
        check = page.over_claim
        yield published_strip(
            f"{page.name}-published", check.stated, check.corrected, title=standing_sentence(check)
        )


def _tornado(page: ExperimentPage) -> Iterator[Plot]:
    if page.swings:
        model = page.experiment.model
        medians = {
            key: np.asarray(each.distribution.median) for key, each in page.experiment.estimates.items()
        }
        centre = float(model.evaluate(medians)[model.main_output])
        first, output = page.swings[0], model.outputs[model.main_output]
        said = ratio if output.unit == "ratio" else short
        ends = f"from {said(first.result_at_low)} to {said(first.result_at_high)}"
        title = f"“{page.labels[first.name]}” moves the result most: {ends}"
        labels = [
            (page.labels[each.name], *(page.in_its_unit(each.name, end) for end in (each.low, each.high)))
            for each in page.swings
        ]
        axis = f"{output.title.lower()}, the other numbers at their median"
        yield tornado_plot(f"{page.name}-tornado", page.swings, centre, axis=axis, title=title, labels=labels)


def _share_plot(page: ExperimentPage, kind: str, word: str, price: str) -> Plot:
    prefix = f"present_value.{kind}."
    everything = [
        (_named(page, kind, name.removeprefix(prefix)), draws)
        for name, draws in page.draws.outputs.items()
        if name.startswith(prefix)
    ]
    ordered = _most_first([pair for pair in everything if np.any(pair[1])] or everything)
    label, most = ordered[0]
    how_much = "most" if len(ordered) > 1 else "all"
    title = f"{word}: {how_much} for “{label}”" if np.median(most) > 0 else word
    return bars(f"{page.name}-{kind}", ordered, axis=f"present value, {price}", title=title)


def _most_first(values: Values) -> Values:
    return sorted(values, key=lambda pair: -float(np.median(pair[1])))


def _named(page: ExperimentPage, kind: str, name: str) -> str:
    model = page.experiment.model
    if isinstance(model, ValueMap) and kind == "stakeholder":
        return model.stakeholders.get(name, name)
    if isinstance(model, ValueMap) and kind == "outcome":
        return model.outcomes[name].title or name
    return name.replace("_", " ")


def _by_year(page: ExperimentPage, price: str) -> Plot:
    outputs = page.draws.outputs
    years = [draws for name, draws in outputs.items() if name.startswith("value.year.")]
    means = np.abs([float(np.mean(draws)) for draws in years])
    beyond = np.cumsum(means[::-1])[::-1] > _NEGLIGIBLE * max(float(means.sum()), 1e-300)
    shown = years[: max(int(beyond.sum()), 1)]
    medians = [float(np.median(draws)) for draws in shown]
    title = "Value by year, before discounting"
    if max(medians) > 0:
        title += f": most in year {int(np.argmax(medians)) + 1}"
    return by_year(f"{page.name}-year", shown, outputs["inputs"], axis=price, title=title)


def _finance(page: ExperimentPage, model: ValueMap, price: str) -> Plot:
    values = [
        (
            f"{model.stakeholders[given.stakeholder]}: {given.title or name.replace('_', ' ')}",
            page.draws.outputs[f"inputs.input.{name}"],
        )
        for name, given in model.inputs.items()
    ]
    ordered = _most_first(values)
    payers = len({given.stakeholder for given in model.inputs.values()})
    title = f"What is put in, by {payers} {'party' if payers == 1 else 'parties'}"
    return bars(f"{page.name}-inputs", ordered, axis=price, title=title, colour=INPUT)


def _waterfall(page: ExperimentPage, price: str) -> Plot:
    outputs = page.draws.outputs
    steps = {"gross": float(np.mean(outputs["waterfall.gross"]))}
    for correction in CORRECTIONS:
        steps[correction.replace("_", "-")] = float(np.mean(outputs[f"waterfall.{correction}"]))
    own = float(np.mean(outputs["present_value"]))
    title = f"From {short(steps['gross'])} gross to the project's own {short(own)}"
    if 0 <= own <= steps["gross"] > 0:
        title += f": {percent(own / steps['gross'])} is left"
    return waterfall(f"{page.name}-waterfall", steps, axis=f"mean present value, {price}", title=title)


def _price(page: ExperimentPage) -> str:
    scenarios = page.results.scenarios
    return f"{scenarios.currency} of {scenarios.price_year}" if scenarios.price_year else scenarios.currency


def _origin(key: str, origins: Mapping[str, str]) -> str:
    touching = [
        name
        for known, name in origins.items()
        if f"{key}.".startswith(f"{known}.") or known.startswith(f"{key}.")
    ]
    return touching[-1] if touching else ""


def _titles(outputs: Mapping[str, Any] | None) -> list[str]:
    return [each.get("title", name) for name, each in (outputs or {}).items()]


def _outcomes_of(data: Mapping[str, Any], activity: str | None) -> Iterator[Mapping[str, Any]]:
    stakeholders = data.get("stakeholders") or {}
    for name, each in (data.get("outcomes") or {}).items():
        if each.get("activity") == activity:
            whom = each.get("stakeholder", "")
            yield {
                "title": each.get("title", name),
                "stakeholder": stakeholders.get(whom, whom),
                "description": each.get("description", ""),
                "is_monetised": each.get("financial_proxy") is not None,
            }
