"""Draws a second of a value map with two outcomes: innosi beside the same arithmetic draw by draw."""

import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

from innosi.scenarios.loading.scenario_file import load_scenarios
from innosi.scenarios.sampling import Sampler
from innosi.scenarios.simulation import simulate

FILE = Path(__file__).parents[1] / "examples" / "urban-farming" / "scenario.yaml"
DRAWS = 20_000


def whole_run(scenarios):
    return simulate(scenarios, draws=DRAWS, at=datetime.now(UTC))


def draw_by_draw(scenarios):
    """The same experiments, evaluated one draw at a time."""
    sampler = Sampler(scenarios.seed, 0, DRAWS // 20)
    for experiment in scenarios.experiments:
        drawn = sampler.draw(experiment.estimates)
        for index in range(DRAWS // 20):
            experiment.model.evaluate(
                {key: each[index] if each.shape else each for key, each in drawn.items()}
            )


def rate(function, scenarios, draws):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        function(scenarios)
        times.append(time.perf_counter() - start)
    return draws * len(scenarios.experiments) / statistics.median(times)


def main():
    scenarios = load_scenarios(FILE)
    fast = rate(whole_run, scenarios, DRAWS)
    slow = rate(draw_by_draw, scenarios, DRAWS // 20)
    print(f"vectorised    {fast:>12,.0f} draws a second")
    print(f"draw by draw  {slow:>12,.0f} draws a second")
    print(f"ratio         {fast / slow:>12,.0f}")


if __name__ == "__main__":
    main()
