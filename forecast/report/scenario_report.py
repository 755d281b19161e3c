"""The report of a scenario run: one HTML file that needs no network."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from innosi.forecast.report.pages import ExperimentPage, overview_plot, page_of
from innosi.forecast.report.possibilities import possibilities
from innosi.forecast.report.templates import rendered
from innosi.forecast.report.wording import chance, money, number, percent
from innosi.models.discounting import CONVENTIONS
from innosi.models.estimates import EvidenceGrade
from innosi.models.value_map import ValueMap
from innosi.scenarios.analysis.over_claim import SOURCE, USUAL_SIZE
from innosi.scenarios.drawing.figures import standalone
from innosi.scenarios.drawing.numbers import ratio
from innosi.scenarios.drawing.palette import SERIES
from innosi.scenarios.results import Results
from innosi.scenarios.writing import write_text

_DISCOUNTING = {
    "guide": "the value of year 1 is divided by (1 + r), as in the Guide to Social Return on Investment",
    "year-zero": "the value of year 1 is not discounted, as in cost–benefit practice",
    "mid-year": "the value of year 1 is divided by (1 + r)^½, as if it came in the middle of the year",
}


def write_report(results: Results, path: Path) -> None:
    """Write a run's report, whole or not at all.

    Raises
    ------
    InnosiError
        If it cannot be written.
    """
    write_text(path, render_report(results))


def write_plots(results: Results, folder: Path) -> list[Path]:
    """Write every plot of the report as an SVG file, and return their paths."""
    plots = [overview_plot(results)]
    for index, experiment in enumerate(results.scenarios.experiments):
        plots += page_of(results, experiment, index).plots
    paths = []
    for plot in plots:
        path = folder / f"{plot.name}.svg"
        write_text(path, standalone(plot))
        paths.append(path)
    return paths


def render_report(results: Results) -> str:
    """Return a run's report as HTML."""
    filters: dict[str, Callable[..., str]] = {
        "money": money,
        "number": number,
        "ratio": ratio,
        "percent": percent,
        "chance": chance,
    }
    return rendered("report.html.jinja", ("report.css",), _context(results), filters=filters)


def _context(results: Results) -> dict[str, Any]:
    pages = [page_of(results, each, index) for index, each in enumerate(results.scenarios.experiments)]
    headline = results.headline().to_dict("records")
    return {
        "scenarios": results.scenarios,
        "pages": pages,
        "overview": overview_plot(results),
        "rows": [{**row, **_more(results, page)} for row, page in zip(headline, pages, strict=True)],
        "across": results.across_scenarios().to_dict("records"),
        "possibilities": possibilities(results.scenarios.experiments[0]),
        "is_value_map": all(page.is_value_map for page in pages),
        "discounting": _discounting_of(pages),
        "grades": list(EvidenceGrade),
        "usual_size": USUAL_SIZE,
        "published_source": SOURCE,
        "series": SERIES,
        "simulated": [file for file in results.scenarios.judgement_files.values() if file.study.simulated],
        "provenance": results.provenance(),
        "price": f"{results.scenarios.currency}{_prices(results)}",
        "fingerprint": hashlib.sha256(repr(headline).encode()).hexdigest()[:12],
    }


def _prices(results: Results) -> str:
    year = results.scenarios.price_year
    return f", prices of {year}" if year else ", price year not stated"


def _more(results: Results, page: ExperimentPage) -> dict[str, Any]:
    """What the table of results has beside the headline."""
    scenario, option = page.experiment.scenario, page.experiment.option
    more: dict[str, Any] = {"page": page}
    for name in (
        "present_value",
        "inputs",
        "net_present_value",
        "payback_months",
        "payback_months_first_year",
    ):
        if name in results.outputs(scenario, option):
            more[name] = results.figure(name, scenario, option).median
    return more


def _discounting_of(pages: Sequence[ExperimentPage]) -> list[tuple[str, str]]:
    """Which pages are discounted how: one line where all are alike, else one for each."""
    found = {page.title: _discounting(page) for page in pages}
    if len(set(found.values())) == 1:
        found = {"": _discounting(pages[0])}
    return [(title, text) for title, text in found.items() if text]


def _discounting(page: ExperimentPage) -> str:
    model = page.experiment.model
    if not isinstance(model, ValueMap) or model.discounting not in CONVENTIONS:
        return ""
    if model.discount_schedule:
        rate = f"{model.discount_schedule.title} ({model.discount_schedule.source})"
    else:
        rate = f"a rate of {page.experiment.estimates['discount_rate'].stated} a year"
    convention = f"convention “{model.discounting}”: {_DISCOUNTING[model.discounting]}"
    return f"{rate}; {convention}. Inputs are not discounted."
