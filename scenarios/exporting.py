"""Results for other programs: tables as CSV, XLSX and Parquet, the IAMC's long table, and xarray."""

import json
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from innosi.models.errors import InnosiError
from innosi.scenarios.results import Results
from innosi.scenarios.run_folder import write_parquet
from innosi.scenarios.scenario_set import ScenarioSet
from innosi.scenarios.writing import replacing, write_text

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

ENDINGS = (".iamc.csv", ".iamc.xlsx", ".csv", ".xlsx", ".parquet")
"""How the name of an exported table may end."""
IAMC_COLUMNS = ("model", "scenario", "region", "variable", "unit", "year", "value")
_STATISTICS = {"median": "Median", "p05": "5th Percentile", "p95": "95th Percentile", "mean": "Mean"}
_BY_YEAR = ("value.year.", "present_value.year.")


def export(results: Results, path: Path, *, region: str = "") -> None:
    """Write the figures of a run, with their provenance; the form is told by the end of the name.

    `.csv`, `.xlsx` and `.parquet`: one row a scenario, option and output. `.iamc.csv` and `.iamc.xlsx`: the
    long table of the Integrated Assessment Modeling Consortium.

    Raises
    ------
    InnosiError
        If the name ends in none of these, or the file cannot be written.
    """
    refuse_export(results.scenarios, path)
    ending = next(each for each in ENDINGS if path.name.casefold().endswith(each))
    if ending.startswith(".iamc"):
        tables = {"data": iamc_table(results, region=region)}
    else:
        tables = _sheets(results) if ending == ".xlsx" else {"summary": results.summary(whole=True)}
    if ending.endswith(".xlsx"):
        _write_xlsx(tables, results, path)
        return
    (table,) = tables.values()
    write = _write_csv if ending.endswith(".csv") else _write_parquet
    write(table, results, path)


def refuse_export(scenarios: ScenarioSet, path: Path) -> None:
    """Refuse, before anything is computed, a name in which no table can be written; see `export`."""
    name = path.name.casefold()
    if not name.endswith(ENDINGS):
        raise InnosiError(
            f"a table is not written as '{path.suffix or path.name}'",
            mend=f"end the name in {', '.join(ENDINGS)}",
            where=str(path),
        )
    if name.endswith(ENDINGS[:2]) and scenarios.price_year is None:
        raise InnosiError("the IAMC's table needs years", mend="give `price_year`", where=scenarios.source)


def iamc_table(results: Results, *, region: str = "") -> "pd.DataFrame":
    """Return figures as the IAMC's long table, which pyam and the scenario explorers read.

    A variable is an output and a statistic: `Present Value|Median`. The period of activity is taken as the
    price year: a value of year t stands at price year + t − 1, and a total at the price year.

    Parameters
    ----------
    region : str, optional
        What the column `region` holds; the title of the scenario file by default.

    Raises
    ------
    InnosiError
        If the scenario file gives no price year.

    Source
    ------
    Huppmann et al. (2021), pyam: analysis and visualisation of integrated assessment and macro-energy
    scenarios. Open Research Europe 1:74.
    """
    import pandas as pd

    refuse_export(results.scenarios, Path(ENDINGS[0]))
    return pd.DataFrame(_iamc_rows(results, region), columns=list(IAMC_COLUMNS))


def _iamc_rows(results: Results, region: str) -> Iterator[tuple[Any, ...]]:
    scenarios = results.scenarios
    units = _units(results)
    for row in results.summary(whole=True).to_dict("records"):
        output, year = _variable(str(row["output"]))
        scenario = str(row["scenario"])
        if len(scenarios.option_titles) > 1:
            scenario += f" - {row['option']}"
        model = next(each.model for each in scenarios.experiments)
        unit = units.get(str(row["output"]), "money")
        unit = f"{scenarios.currency} {scenarios.price_year}" if unit == "money" else unit
        for statistic, title in _STATISTICS.items():
            value = float(row[statistic])
            if np.isfinite(value):
                place = (region or scenarios.title, f"{output}|{title}", unit)
                yield f"innosi {model.name}", scenario, *place, (scenarios.price_year or 0) + year, value


def _variable(output: str) -> tuple[str, int]:
    """Return an output as a variable of the IAMC, and the years after the first that it stands at."""
    for stem in _BY_YEAR:
        if output.startswith(stem):
            return _titled(stem.removesuffix(".year.")) + " by Year", int(output.removeprefix(stem)) - 1
    return "|".join(_titled(part) for part in output.split(".")), 0


def _titled(name: str) -> str:
    return name.replace("_", " ").title()


def _units(results: Results) -> dict[str, str]:
    return {
        name: output.unit
        for each in results.scenarios.experiments
        for name, output in each.model.outputs.items()
    }


def _sheets(results: Results) -> dict[str, "pd.DataFrame"]:
    import pandas as pd

    inputs = [
        {
            "scenario": each.scenario,
            "option": each.option,
            "number": key,
            "stated": estimate.stated,
            "taken": str(estimate.distribution),
            "evidence": estimate.evidence.label,
            "source": estimate.source,
        }
        for each in results.scenarios.experiments
        for key, estimate in each.estimates.items()
        if not estimate.is_chance
    ]
    return {
        "headline": results.headline(),
        "summary": results.summary(whole=True),
        "inputs": pd.DataFrame(inputs),
    }


def _write_csv(frame: "pd.DataFrame", results: Results, path: Path) -> None:
    sheet = StringIO()
    sheet.write(f"# innosi {json.dumps(results.provenance(), ensure_ascii=False)}\n")
    frame.to_csv(sheet, index=False, lineterminator="\n")
    write_text(path, sheet.getvalue())


def _write_xlsx(frames: Mapping[str, "pd.DataFrame"], results: Results, path: Path) -> None:
    import pandas as pd

    about = pd.DataFrame(
        [
            (key, value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False))
            for key, value in results.provenance().items()
        ],
        columns=["what", "value"],
    )
    with replacing(path) as temporary, pd.ExcelWriter(temporary, engine="openpyxl") as book:
        for name, frame in {**frames, "provenance": about}.items():
            frame.replace([np.inf, -np.inf], ["never", "-inf"]).to_excel(book, sheet_name=name, index=False)


def _write_parquet(frame: "pd.DataFrame", results: Results, path: Path) -> None:
    write_parquet({str(name): frame[name].to_numpy() for name in frame}, path, results.provenance())


def to_xarray(results: Results) -> "xr.Dataset":
    """Return the kept draws as a dataset of (scenario, option, draw), with units and provenance.

    Outputs under their names, uncertain inputs as `input.KEY`; NaN where an experiment has no such number.

    Raises
    ------
    InnosiError
        If xarray is not installed.
    """
    try:
        import xarray as xr
    except ImportError:
        raise InnosiError("xarray is not installed", mend="pip install 'innosi[xarray]'") from None
    scenarios, options = (list(dict.fromkeys(names)) for names in zip(*results.draws, strict=True))
    shape = (len(scenarios), len(options), results.n_kept)
    rooms: dict[str, Any] = {}
    for (scenario, option), draws in results.draws.items():
        place = scenarios.index(scenario), options.index(option)
        inputs = {f"input.{key}": values for key, values in draws.inputs.items()}
        for name, values in {**inputs, **draws.outputs}.items():
            rooms.setdefault(name, np.full(shape, np.nan))[place] = values
    units = _units(results)
    dims = ("scenario", "option", "draw")
    return xr.Dataset(
        {name: (dims, room, {"units": units.get(name, "")}) for name, room in rooms.items()},
        coords={"scenario": scenarios, "option": options, "draw": np.arange(results.n_kept)},
        attrs={"innosi": json.dumps(results.provenance(), ensure_ascii=False)},
    )
