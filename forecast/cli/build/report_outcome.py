"""How the results of a workshop's scenarios close its report."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from innosi.forecast.cli.build.report_steps import sheet_of
from innosi.forecast.cli.output import Table
from innosi.forecast.cli.running import across_table, summary_table
from innosi.forecast.report.pages import overview_plot
from innosi.forecast.report.sources import said_of_its_data, sources_of
from innosi.forecast.report.workshop_report import Part, Step
from innosi.models.estimates import EvidenceGrade

if TYPE_CHECKING:
    from innosi.scenarios.loading.document import Document
    from innosi.scenarios.results import Results

ALL = "all scenarios"
MAIN = "social_return_ratio"
RETURN, OUTPUT = "What does each future give back for what is put in?", "What comes of each future?"


def outcome_step(results: "Results", document: "Document") -> Step:
    """Return what `innosi run` shows of a scenario file, with the titles of its scenarios and options."""
    scenarios = results.scenarios
    tables = [summary_table(results, whole=False), *across_table(results)]
    sheets = [sheet_of(_titled(table, results), scenarios.title) for table in tables]
    return Step(
        kind="Scenarios, simulated",
        title=scenarios.title,
        question=RETURN if scenarios.experiments[0].model.main_output == MAIN else OUTPUT,
        description=scenarios.description,
        said=(*said_of_its_data(document), *_grades(results), *_simulated(results)),
        parts=[Part([overview_plot(results)], sheets)],
        sources=sources_of(document),
        remarks=("the whole report of these scenarios: `innosi run FILE --report report.html`",),
    )


def _titled(table: Table, results: "Results") -> Table:
    """Return a table with titles beside the names of scenarios and options; one option alone is not named."""
    scenarios = results.scenarios
    is_one = len(scenarios.option_titles) == 1
    titles: dict[str, Mapping[str, str]] = {
        "scenario": scenarios.scenario_titles,
        "option": dict.fromkeys(scenarios.option_titles, ALL) if is_one else scenarios.option_titles,
    }
    kept = [
        place for place, column in enumerate(table.columns) if column != "option" or place == 0 or not is_one
    ]
    rows = [
        tuple(_called(titles.get(table.columns[place]), row[place]) for place in kept) for row in table.rows
    ]
    return replace(table, columns=tuple(table.columns[place] for place in kept), rows=rows)


def _called(titles: Mapping[str, str] | None, cell: object) -> object:
    if titles is None:
        return cell
    title = titles.get(str(cell), str(cell))
    return title if title in (cell, ALL) else f"{title} ({cell})"


def _grades(results: "Results") -> list[str]:
    """Say how many of the numbers are assumptions."""
    graded = Counter(
        estimate.evidence
        for estimate in results.scenarios.experiments[0].estimates.values()
        if not estimate.is_chance
    )
    n, total = graded[EvidenceGrade.ASSUMPTION], sum(graded.values())
    return [f"{n} of its {total} numbers rest on an assumption."] if n else []


def _simulated(results: "Results") -> list[str]:
    return [
        f"The panel of “{each.study.title}” is simulated."
        for each in results.scenarios.judgement_files.values()
        if each.study.simulated
    ]
