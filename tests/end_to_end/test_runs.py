"""`innosi run` and `compare` as an analyst uses them: large runs, interruptions, exports, two runs."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from innosi.forecast.examples import copy_example

INNOSI = [sys.executable, "-c", "from innosi.forecast.cli import main; main()"]


@pytest.fixture
def garden(tmp_path, monkeypatch):
    copy_example("urban-farming", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "scenario.yaml"


def _records(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_same_run_in_a_folder_and_in_memory_say_the_same(innosi, garden):
    told = ("run", "scenario.yaml", "--draws", "20000", "--format", "json")
    in_memory = _records(innosi(*told))
    assert _records(innosi(*told, "--to", "folder"))[0]["rows"] == in_memory[0]["rows"]
    assert _records(innosi(*told, "--workers", "3"))[0]["rows"] == in_memory[0]["rows"]
    assert len(pd.read_parquet("folder/draws")) == 2 * 20_000


def test_auto_stops_when_it_is_precise_enough(innosi, garden):
    (table,) = _records(
        innosi("run", "scenario.yaml", "--draws", "auto", "--sampling", "sobol", "--format", "json")
    )
    n_draws = int(table["notes"][1].split(" draws")[0].replace(",", ""))
    assert 8192 <= n_draws <= 1_000_000


def test_every_figure_comes_with_its_standard_error(innosi, garden):
    (table,) = _records(innosi("run", "scenario.yaml", "--whole", "--format", "json"))
    assert all(row["median_error"] > 0 for row in table["rows"] if row["output"] == "social_return_ratio")


def test_exports_hold_the_same_figures_and_say_where_they_come_from(innosi, garden):
    names = ("figures.csv", "figures.xlsx", "figures.parquet", "figures.iamc.csv")
    exports = [word for name in names for word in ("--export", name)]
    assert innosi("run", "scenario.yaml", *exports).exit_code == 0
    csv = pd.read_csv("figures.csv", comment="#")
    parquet = pd.read_parquet("figures.parquet")
    pd.testing.assert_frame_equal(csv, parquet, check_dtype=False)
    about = json.loads(Path("figures.csv").read_text().splitlines()[0].removeprefix("# innosi "))
    assert about["seed"] == json.loads(pq.read_schema("figures.parquet").metadata[b"innosi"])["seed"]
    book = openpyxl.load_workbook("figures.xlsx")
    assert book.sheetnames == ["headline", "summary", "inputs", "provenance"]
    assert book["summary"].max_row == len(csv) + 1


def test_the_iamc_table_has_its_columns_and_one_value_each(innosi, garden):
    assert innosi("run", "scenario.yaml", "--export", "figures.iamc.csv").exit_code == 0
    table = pd.read_csv("figures.iamc.csv", comment="#")
    assert list(table) == ["model", "scenario", "region", "variable", "unit", "year", "value"]
    assert not table.duplicated(list(table)[:-1]).any()
    ratio = table.query("variable == 'Social Return Ratio|Median' and scenario == 'as_planned'")
    assert ratio["unit"].item() == "ratio"
    assert ratio["year"].item() == 2016
    years = table[table["variable"] == "Value by Year|Median"]["year"]
    assert years.min() == 2016
    assert set(table.query("variable == 'Inputs|Median'")["unit"]) == {"EUR 2016"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--export", "figures.doc"), "end the name in .iamc.csv"),
        (("--draws", "many"), "'many' is not a valid integer"),
        (("--seed", "spring"), "'spring' is not a valid integer"),
        (("--sampling", "sobel"), "'sobel' is not one of"),
        (("--draws", "auto", "--sampling", "latin_hypercube"), "must know beforehand how many draws"),
        (("--cluster", "here"), "here"),
        (("--to", "scenario.yaml"), "holds something else"),
    ],
)
def test_what_cannot_be_run_is_told_and_nothing_is_written(innosi, garden, arguments, said):
    before = sorted(Path().iterdir())
    result = innosi("run", "scenario.yaml", *arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
    assert sorted(Path().iterdir()) == before


def test_two_runs_are_compared_in_inputs_and_results(innosi, garden):
    text = garden.read_text()
    assert text.count("netherlands-2021") == 1
    Path("other.yaml").write_text(text.replace("netherlands-2021", "eu-2014-cohesion"))
    for name in ("scenario", "other"):
        assert innosi("run", f"{name}.yaml", "--results", f"{name}.json").exit_code == 0
    inputs, results = _records(innosi("compare", "scenario.json", "other.json", "--format", "json"))
    assert {(row["number"], row["first"], row["second"]) for row in inputs["rows"]} == {
        ("discount_schedule", "netherlands-2021", "eu-2014-cohesion")
    }
    assert {row["result"] for row in results["rows"]} == {
        "social_return_ratio",
        "net_ratio",
        "gross_ratio",
        "present_value",
        "net_present_value",
    }
    assert all(row["difference"] < 0 for row in results["rows"])


def test_another_seed_makes_but_noise(innosi, garden):
    assert innosi("run", "scenario.yaml", "--results", "one.json").exit_code == 0
    assert innosi("run", "scenario.yaml", "--seed", "99", "--to", "two").exit_code == 0
    settings, results = _records(innosi("compare", "one.json", "two", "--format", "json"))
    assert "seed" in {row["what"] for row in settings["rows"]}
    assert {row["verdict"] for row in results["rows"]} == {"noise"}
    said = innosi("compare", "one.json", "one.json").output
    assert "the same to the last digit" in said


def test_what_is_no_run_cannot_be_compared(innosi, garden):
    Path("empty").mkdir()
    Path("other.json").write_text("{}")
    for name, said in (("empty", "no results here"), ("other.json", "does not say"), ("none", "no results")):
        result = innosi("compare", name, name)
        assert result.exit_code == 2
        assert said in result.output


@pytest.mark.slow
def test_ctrl_c_leaves_a_run_that_goes_on(innosi, garden):
    # tests that a shell runs in the background are started with Ctrl-C ignored, and so is what they start
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    python, option, program = INNOSI
    command = [
        python,
        option,
        heeding + program,
        "run",
        "scenario.yaml",
        "--draws",
        "900000000",
        "--to",
        "run",
    ]
    piped = {"stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL}
    with subprocess.Popen(command, **piped, env=dict(os.environ)) as process:
        try:
            deadline = time.monotonic() + 60
            while not list(Path("run").rglob("[0-9]*.parquet")):
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"run keeps what is done, and the same command goes on" in said
    there = len(list(Path("run").rglob("scenario=as_planned/**/[0-9]*.parquet")))
    assert there > 0
    n = 65_536 * (there + 2)
    resumed = _records(innosi("run", "scenario.yaml", "--draws", str(n), "--to", "run", "--format", "json"))
    fresh = _records(innosi("run", "scenario.yaml", "--draws", str(n), "--format", "json"))
    assert resumed[0]["rows"] == fresh[0]["rows"]


@pytest.mark.slow
def test_a_large_run_needs_no_more_memory_than_a_small_one(garden):
    script = (
        "import resource, sys\n"
        "from datetime import datetime, UTC\n"
        "from pathlib import Path\n"
        "from innosi.scenarios.loading.scenario_file import load_scenarios\n"
        "from innosi.scenarios.simulation import simulate\n"
        "scenarios = load_scenarios(Path('scenario.yaml'))\n"
        "simulate(scenarios, draws=100_000, at=datetime.now(UTC))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "simulate(scenarios, draws=4_000_000, at=datetime.now(UTC))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 40_000  # kB; all draws of all results would take 500 MB


@pytest.mark.slow
def test_a_run_works_where_memory_is_short(garden):
    limited = f"ulimit -v 4000000; exec {sys.executable} -c 'from innosi.forecast.cli import main; main()'"
    command = ["bash", "-c", f"{limited} run scenario.yaml --draws 1000000 --format json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["rows"]
