"""The shipped cases: they run, say what they rest on, and tell in their READMEs what a run gives."""

import re
import runpy
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli
from innosi.forecast.study import load_study
from innosi.models.estimates import Estimate, EvidenceGrade
from innosi.models.value_map import Perspective, SocialFunction
from innosi.scenarios.loading.judgements import read_judgements
from innosi.scenarios.loading.scenario_file import load_scenarios
from innosi.scenarios.results import Figure, Results
from innosi.scenarios.scenario_set import ScenarioSet
from innosi.scenarios.simulation import simulate

EXAMPLES = Path(__file__).parents[2] / "examples"
CASES = sorted(path.parent.name for path in EXAMPLES.glob("*/scenario.yaml"))
CONSTRUCTED = "farming-futures"
"""Its scenarios are constructed: no file has them until its commands have run."""
PUBLISHED = ("working-well", "troubled-families")
RATIO = "social_return_ratio"
MADE_BY_RUNNING = shutil.ignore_patterns("answers", "judgements.json", "*.html")


@dataclass(frozen=True)
class Run:
    scenarios: ScenarioSet
    results: Results

    def ratio(self, scenario: str, option: str = "base") -> Figure:
        return self.results.figure(RATIO, scenario, option)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Copies of the cases, with the judgements of the Delphi study that one of them needs."""
    folders = {}
    for case in CASES:
        folders[case] = tmp_path_factory.mktemp(case) / case
        shutil.copytree(EXAMPLES / case, folders[case], ignore=MADE_BY_RUNNING)
    study = str(folders["groene-sticht"] / "study.yaml")
    for number in (1, 2):
        answers = str(folders["groene-sticht"] / f"round_{number}.csv")
        _innosi("delphi", "import", study, answers, "--round", str(number))
    _innosi("delphi", "export", study)
    return folders


@pytest.fixture(scope="module")
def run(folders: dict[str, Path]) -> "_Runs":
    return _Runs(folders)


class _Runs:
    """Each case, run once with its own number of draws when a test first asks for it."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders
        self.of = cache(self._run)

    def _run(self, case: str) -> Run:
        scenarios = load_scenarios(self.folders[case] / "scenario.yaml")
        return Run(scenarios, simulate(scenarios, at=datetime(2026, 1, 1, tzinfo=UTC)))


def _innosi(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def _estimates(scenarios: ScenarioSet) -> Iterator[tuple[str, Estimate]]:
    for experiment in scenarios.experiments:
        for key, estimate in experiment.estimates.items():
            yield f"{experiment.scenario}: {key}", estimate


@pytest.mark.parametrize("case", CASES)
def test_every_case_runs_and_gives_finite_figures(case: str, run: _Runs) -> None:
    results = run.of(case).results
    assert results.n_draws >= 2_000
    for draws in results.draws.values():
        for name, output in draws.outputs.items():
            if not name.startswith("payback"):  # never paid back is infinity
                assert np.all(np.isfinite(output)), name


@pytest.mark.parametrize("case", CASES)
def test_a_readme_tells_the_figures_of_a_run(case: str, folders: dict[str, Path], run: _Runs) -> None:
    told = dict(_told_in(EXAMPLES / case / "README.md"))
    results = run.of(case).results
    if case == CONSTRUCTED:
        figure = results.figure(RATIO, "base", "base")
        assert told.pop(("base",)) == pytest.approx((figure.median, figure.low, figure.high), abs=0.0051)
        balance, made = folders[case] / "balance.yaml", folders[case] / "scenarios.yaml"
        _innosi("build", "balance", "scenarios", str(balance), "--to", str(made))
        results = simulate(load_scenarios(made), at=datetime.now(UTC))
    options = {option for _, option in results.draws}
    for scenario, option in results.draws:
        figure = results.figure(RATIO, scenario, option)
        names = (scenario,) if options == {"base"} else (scenario, option)
        assert told[names] == pytest.approx((figure.median, figure.low, figure.high), abs=0.0051), names
    assert len(told) == len(results.draws)


def _told_in(readme: Path) -> Iterator[tuple[tuple[str, ...], tuple[float, ...]]]:
    """Yield the names and the median and interval in each row of a README's table."""
    for line in readme.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            numbers = re.findall(r"-?\d+\.\d+", line.replace("−", "-"))
            yield tuple(re.findall(r"`(\w+)`", line)), tuple(map(float, numbers))


@pytest.mark.parametrize("case", CASES)
def test_every_case_has_a_readme_of_a_screen_and_stands_in_the_list(case: str) -> None:
    readme = (EXAMPLES / case / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# ")
    assert "innosi run scenario.yaml" in readme
    assert len(readme.splitlines()) <= (80 if case == CONSTRUCTED else 40)
    assert f"]({case}/README.md)" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", PUBLISHED)
def test_a_number_that_is_no_assumption_names_its_source(case: str, run: _Runs) -> None:
    unsourced = [
        key
        for key, estimate in _estimates(run.of(case).scenarios)
        if estimate.evidence != EvidenceGrade.ASSUMPTION and not estimate.source
    ]
    assert unsourced == []


@pytest.mark.parametrize("case", CASES)
def test_an_assumption_is_a_range_unless_it_says_none_or_a_length_of_time(case: str, run: _Runs) -> None:
    fixed = [
        key
        for key, estimate in _estimates(run.of(case).scenarios)
        if estimate.evidence == EvidenceGrade.ASSUMPTION
        and estimate.distribution.is_constant
        and estimate.distribution.mean != 0
        and not key.endswith("duration")
    ]
    assert fixed == []


def test_the_first_case_is_short_and_all_assumed(run: _Runs) -> None:
    lines = (EXAMPLES / "urban-farming" / "scenario.yaml").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 45
    assert {estimate.evidence for _, estimate in _estimates(run.of("urban-farming").scenarios)} == {
        EvidenceGrade.ASSUMPTION
    }


class TestWorkingWell:
    # Source of the percentages: DWP Research Report 946 (January 2018).
    def test_the_matched_comparison_is_laid_over_all_clients(self, run: _Runs) -> None:
        numbers = run.of("working-well").scenarios.experiment("as_evaluated").estimates
        for outcome, treated, compared in (
            ("off_benefit", 0.081, 0.098),
            ("any_time_off_benefit", 0.216, 0.231),
        ):
            stem = f"outcomes.{outcome}"
            assert numbers[f"{stem}.quantity"].distribution.mean == pytest.approx(treated * 21_000)
            assert numbers[f"{stem}.counterfactual_quantity"].distribution.mean == pytest.approx(
                compared * 21_000
            )
        assert numbers["outcomes.work.counterfactual_quantity"].distribution.mean == pytest.approx(4_400)

    def test_the_claim_lies_clearly_above_the_evaluation(self, run: _Runs) -> None:
        claimed, evaluated = (run.of("working-well").ratio(name) for name in ("as_claimed", "as_evaluated"))
        assert claimed.median > 1
        assert claimed.low > evaluated.high
        assert evaluated.low < 0 < evaluated.high  # about nil: neither gain nor loss is ruled out

    def test_the_usual_corrections_lie_between(self, run: _Runs) -> None:
        names = ("as_claimed", "with_usual_corrections", "as_evaluated")
        medians = [run.of("working-well").ratio(name).median for name in names]
        assert medians == sorted(medians, reverse=True)

    def test_a_comparison_group_that_does_better_makes_the_effect_negative(self, run: _Runs) -> None:
        results = run.of("working-well").results
        worth = results.figure("present_value.outcome.off_benefit", "as_evaluated", "base")
        allowing = results.figure("present_value.outcome.off_benefit", "weak_labour_market", "base")
        assert worth.median < 0 < allowing.high
        assert worth.median < allowing.median

    def test_the_cost_of_the_programme_is_not_passed_off_as_a_fact(self, run: _Runs) -> None:
        cost = run.of("working-well").scenarios.experiment().estimates["inputs.programme.amount"]
        low, high = cost.distribution.interval()
        assert cost.evidence == EvidenceGrade.ASSUMPTION
        assert high > 4 * low


class TestTroubledFamilies:
    # Source of the ratio: national evaluation of the Troubled Families Programme (March 2019).
    def test_phase_2_gives_the_published_ratio(self, run: _Runs) -> None:
        figure = run.of("troubled-families").ratio("phase_2_as_published")
        assert (figure.low, figure.high) == pytest.approx((2.28, 2.28), abs=0.0005)

    def test_the_claim_of_phase_1_lies_above_what_was_evaluated(self, run: _Runs) -> None:
        claimed, usual, evaluated = (
            run.of("troubled-families").ratio(f"phase_1_{name}")
            for name in ("as_claimed", "with_usual_corrections", "as_evaluated")
        )
        assert claimed.low > evaluated.median
        assert claimed.median > usual.median > evaluated.median
        assert evaluated.low < 0 < evaluated.high < 1

    def test_what_nobody_valued_is_not_valued_here(self, run: _Runs) -> None:
        model = run.of("troubled-families").scenarios.experiment().model
        assert not model.outcomes["confidence"].is_monetised


class TestGroeneSticht:
    case = "groene-sticht"

    def test_the_script_makes_the_shipped_answers_byte_for_byte(self, tmp_path: Path) -> None:
        shipped = EXAMPLES / self.case
        script = runpy.run_path(str(shipped / "simulate_panel.py"))
        script["simulate"](shipped / "study.yaml", tmp_path)
        for name in ("round_1.csv", "round_2.csv"):
            assert (tmp_path / name).read_bytes() == (shipped / name).read_bytes()

    def test_the_panel_is_called_simulated_wherever_it_speaks(
        self, folders: dict[str, Path], run: _Runs
    ) -> None:
        folder = folders[self.case]
        assert load_study(folder / "study.yaml").panel.is_simulated
        assert read_judgements(folder / "judgements.json").study.simulated
        assert "simulated panel" in _innosi("delphi", "summary", str(folder / "study.yaml"))
        assert "SIMULATED" in run.of(self.case).scenarios.description
        judged = [
            estimate
            for _, estimate in _estimates(run.of(self.case).scenarios)
            if estimate.evidence == EvidenceGrade.PANEL_JUDGEMENT
        ]
        assert judged
        assert all("simulated panel" in estimate.source for estimate in judged)

    def test_nothing_but_the_panel_and_assumptions_stands_behind_its_numbers(self, run: _Runs) -> None:
        grades = {estimate.evidence for _, estimate in _estimates(run.of(self.case).scenarios)}
        assert grades == {EvidenceGrade.PANEL_JUDGEMENT, EvidenceGrade.ASSUMPTION}

    def test_every_group_is_large_enough_to_be_shown_even_when_two_have_left(self) -> None:
        study = load_study(EXAMPLES / self.case / "study.yaml")
        answered = (EXAMPLES / self.case / "round_2.csv").read_text(encoding="utf-8").splitlines()[1:]
        staying = {line.split(",")[0] for line in answered}
        sizes = [sum(study.panel.group_of(name) == group for name in staying) for group in study.panel.groups]
        assert min(sizes) >= study.panel.minimum_group_size

    def test_the_panel_comes_closer_in_round_2(self, folders: dict[str, Path]) -> None:
        judgements = read_judgements(folders[self.case] / "judgements.json").judgements
        wider = [
            name
            for name, each in judgements.items()
            if (each.rounds[1].upper_quartile or 0) - (each.rounds[1].lower_quartile or 0)
            > (each.rounds[0].upper_quartile or 0) - (each.rounds[0].lower_quartile or 0)
        ]
        assert wider == []

    def test_the_readme_counts_the_questions_without_consensus_rightly(
        self, folders: dict[str, Path]
    ) -> None:
        judgements = read_judgements(folders[self.case] / "judgements.json").judgements
        without = [
            [name for name, each in judgements.items() if each.rounds[i].consensus == "no"] for i in (0, 1)
        ]
        assert (len(without[0]), len(judgements)) == (5, 16)
        assert without[1] == ["neighbours_disturbed"]

    def test_its_outcomes_cover_what_a_value_map_can_hold(self, run: _Runs) -> None:
        scenarios = run.of(self.case).scenarios
        outcomes = scenarios.experiment().model.outcomes
        assert {outcome.perspective for outcome in outcomes.values()} == set(Perspective)
        assert {outcome.social_function for outcome in outcomes.values()} == {*SocialFunction, None}
        assert not outcomes["say"].is_monetised
        worth = run.of(self.case).results.figure(
            "present_value.outcome.disturbance", "as_planned", "live_work"
        )
        assert worth.high < 0
        assert {given.stakeholder for given in scenarios.experiment().model.inputs.values()} == set(
            scenarios.experiment().model.stakeholders
        )

    def test_one_judgement_in_two_outcomes_is_one_unknown(self, run: _Runs) -> None:
        draws = run.of(self.case).results.draws["as_planned", "live_work"]
        homes, care = (
            draws.inputs[f"outcomes.{name}.quantity"] for name in ("stable_home", "less_crisis_care")
        )
        np.testing.assert_array_equal(homes, care)

    def test_failing_work_integration_does_not_touch_homes_without_workplaces(self, run: _Runs) -> None:
        planned, failing = (
            run.of(self.case).ratio(name, "housing_only") for name in ("as_planned", "work_integration_fails")
        )
        assert planned == failing
        assert (
            run.of(self.case).ratio("work_integration_fails", "live_work").median
            < run.of(self.case).ratio("as_planned", "live_work").median
        )
