"""A million draws of a value map of 20 outcomes: innosi beside numpy, squigglepy and EMAworkbench.

All in one run, each in a process of its own, so that its memory can be told. Start-up and compilation are
left out of the seconds. The bare cost of making the uniform numbers is the floor.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np

OUTCOMES, YEARS, DISCOUNT_RATE, INPUTS = 20, 10, 0.035, 1e6
BLOCK, THREADS = 8192, 2
EMA_EXPERIMENTS = 4_000


# The work: each outcome has six uncertain numbers.


def parameters(outcome):
    """The parameters of an outcome's distributions, by number."""
    return {
        "quantity": (3 + outcome / 20, 0.4),  # lognormal: mu, sigma
        "financial_proxy": (100 + outcome, 300 + outcome, 900 + outcome),  # triangular
        "deadweight": (0.1, 0.2 + outcome / 100, 0.5),  # pert
        "attribution": (2 + outcome / 10, 6),  # beta
        "displacement": (0.0, 0.05 + outcome / 200, 0.3),  # pert
        "drop_off": (2 + outcome / 10, 10),  # beta
    }


def scenario_file():
    lines = [
        "title: W1",
        "model: value_map",
        "currency: EUR",
        "base:",
        f"  discount_rate: {DISCOUNT_RATE}",
        "  stakeholders: {all: All}",
        f"  inputs: {{grant: {{stakeholder: all, amount: {INPUTS:.0f}}}}}",
        "  outcomes:",
    ]
    for outcome in range(OUTCOMES):
        of = parameters(outcome)
        (mu, sigma), proxy = of["quantity"], of["financial_proxy"]
        lines += [
            f"    outcome_{outcome}:",
            f"      {{title: Outcome {outcome}, stakeholder: all, perspective: social, duration: {YEARS},",
            f"      quantity: 'lognormal(mu={mu}, sigma={sigma})', financial_proxy: 'triangular{proxy}',",
            f"      deadweight: 'pert{of['deadweight']}', attribution: 'beta{of['attribution']}',",
            f"      displacement: 'pert{of['displacement']}', drop_off: 'beta{of['drop_off']}'}}",
        ]
    return "\n".join(lines) + "\n"


def as_beta(low, mode, high):
    """The shape parameters of a PERT distribution's beta."""
    return 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)


def worth(*, quantity, financial_proxy, deadweight, attribution, displacement, drop_off):
    """Present value of an outcome, as one writes it with arrays."""
    level = quantity * financial_proxy * (1 - deadweight) * (1 - displacement) * (1 - attribution)
    total = 0.0
    for year in range(1, YEARS + 1):
        total = total + level / (1 + DISCOUNT_RATE) ** year
        level = level * (1 - drop_off)
    return total


def drawn(generator, outcome, n):
    of = parameters(outcome)

    def pert(low, mode, high):
        return low + (high - low) * generator.beta(*as_beta(low, mode, high), n)

    return {
        "quantity": generator.lognormal(*of["quantity"], n),
        "financial_proxy": generator.triangular(*of["financial_proxy"], n),
        "deadweight": pert(*of["deadweight"]),
        "attribution": generator.beta(*of["attribution"], n),
        "displacement": pert(*of["displacement"]),
        "drop_off": generator.beta(*of["drop_off"], n),
    }


# The ways: each is given a number of draws, and returns those of the social return ratio.


def uniforms(n):
    """Nothing but the random numbers, on two threads."""

    def fill(job):
        generator, room = np.random.Generator(np.random.SFC64(job)), np.empty((6 * OUTCOMES, BLOCK))
        for _ in range(0, n // THREADS, BLOCK):
            generator.random(out=room)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(fill, range(THREADS)))


def naive_numpy(n):
    generator = np.random.default_rng(0)
    numbers = [drawn(generator, outcome, n) for outcome in range(OUTCOMES)]
    return sum(worth(**each) for each in numbers) / INPUTS


def chunked_numpy(n):
    ratios = np.empty(n)

    def fill(job):
        generator = np.random.default_rng(job)
        ends = np.linspace(0, n, THREADS + 1).astype(int)
        for start in range(ends[job], ends[job + 1], BLOCK):
            stop = min(start + BLOCK, ends[job + 1])
            total = sum(worth(**drawn(generator, outcome, stop - start)) for outcome in range(OUTCOMES))
            ratios[start:stop] = total / INPUTS

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(fill, range(THREADS)))
    return ratios


def squigglepy(n):
    import squigglepy as sq

    total = 0.0
    for outcome in range(OUTCOMES):
        of = parameters(outcome)
        mu, sigma = of["quantity"]
        numbers = {
            "quantity": sq.lognorm(norm_mean=mu, norm_sd=sigma),
            "financial_proxy": sq.triangular(*of["financial_proxy"]),
            "deadweight": sq.pert(*of["deadweight"]),
            "attribution": sq.beta(*of["attribution"]),
            "displacement": sq.pert(*of["displacement"]),
            "drop_off": sq.beta(*of["drop_off"]),
        }
        total = total + worth(**{name: sq.sample(each, n=n) for name, each in numbers.items()})
    return total / INPUTS


def ema_workbench(n):
    import ema_workbench as ema
    from scipy import stats

    def pert(low, mode, high):
        return stats.beta(*as_beta(low, mode, high), loc=low, scale=high - low)

    def triangular(low, mode, high):
        return stats.triang((mode - low) / (high - low), loc=low, scale=high - low)

    uncertainties = []
    for outcome in range(OUTCOMES):
        of = parameters(outcome)
        mu, sigma = of["quantity"]
        dists = {
            "quantity": stats.lognorm(sigma, scale=np.exp(mu)),
            "financial_proxy": triangular(*of["financial_proxy"]),
            "deadweight": pert(*of["deadweight"]),
            "attribution": stats.beta(*of["attribution"]),
            "displacement": pert(*of["displacement"]),
            "drop_off": stats.beta(*of["drop_off"]),
        }
        for name, dist in dists.items():
            uncertainties.append(ema.RealParameter.from_dist(f"{name}_{outcome}", dist))
    names = list(parameters(0))

    def ratio(**given):
        total = sum(worth(**{name: given[f"{name}_{k}"] for name in names}) for k in range(OUTCOMES))
        return {"ratio": total / INPUTS}

    model = ema.Model("W1", function=ratio)
    model.uncertainties, model.outcomes = uncertainties, [ema.ScalarOutcome("ratio")]
    _, results = ema.perform_experiments(model, scenarios=n, log_progress=True)  # no bar on the screen
    return results["ratio"]


def innosi(n, engine=None):
    from innosi.scenarios.loading.scenario_file import load_scenarios
    from innosi.scenarios.simulation import simulate

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "w1.yaml"
        file.write_text(scenario_file(), encoding="utf-8")
        scenarios = load_scenarios(file)
    yield lambda: simulate(scenarios, draws=1000, at=datetime.now(UTC), engine=engine)
    figures = []

    def run():
        results = simulate(scenarios, draws=n, at=datetime.now(UTC), engine=engine)
        figures.append(results.figure("social_return_ratio", "base", "base"))

    yield run
    yield figures[-1].mean, figures[-1].standard_deviation


WAYS = {
    "uniforms": ("the uniform numbers alone, numpy on two threads", uniforms),
    "naive": ("numpy, whole arrays", naive_numpy),
    "chunked": ("numpy, in chunks on two threads", chunked_numpy),
    "squigglepy": ("squigglepy", squigglepy),
    "ema": ("EMAworkbench", ema_workbench),
    "innosi": ("innosi", innosi),
}


# Measuring.


def memory():
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def seconds_of(run):
    start = time.perf_counter()
    found = run()
    return time.perf_counter() - start, found


def measured(way, draws, rounds, engine=None):
    """Seconds of each round, memory, and mean and SD of the result; in this process."""
    warnings.simplefilter("ignore")
    function = WAYS[way][1]
    if way == "innosi":
        stages = innosi(draws, engine)
        next(stages)()
        run = next(stages)
        times = [seconds_of(run)[0] for _ in range(rounds)]
        mean, deviation = next(stages)
    else:
        n = EMA_EXPERIMENTS if way == "ema" else draws
        function(1000)
        found = [seconds_of(lambda: function(n)) for _ in range(1 if way == "ema" else rounds)]
        times = [each * draws / n for each, _ in found]
        ratios = found[-1][1]
        mean, deviation = (None, None) if ratios is None else (np.mean(ratios), np.std(ratios))
    return {"seconds": times, "memory": memory(), "mean": mean, "deviation": deviation}


def apart(*arguments):
    """What a process of its own measures."""
    command = [sys.executable, __file__, "--apart", *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return None, done.stderr.strip().splitlines()[-1]
    return json.loads(done.stdout.splitlines()[-1]), ""


def shown(words, found, unit):
    median = statistics.median(found["seconds"])
    result = "" if found["mean"] is None else f"{found['mean']:.4f} ± {found['deviation']:.4f}"
    cells = (
        words,
        f"{median:.2f} s",
        f"{min(found['seconds']):.2f} to {max(found['seconds']):.2f}",
        f"{median / unit:.1f} ×",
        f"{found['memory']:.0f} MB",
        result,
    )
    print("| " + " | ".join(cells) + " |", flush=True)


def heading(*columns):
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))


def beside_others(draws, rounds):
    """Print the table of all ways, × beside innosi."""
    own, fault = apart("innosi", draws, rounds)
    if own is None:
        sys.exit(fault)
    unit = statistics.median(own["seconds"])
    heading(f"{draws:,} draws", "median", "range", "beside innosi", "memory", "ratio, mean ± SD")
    for way, (words, _) in WAYS.items():
        found, fault = (own, "") if way == "innosi" else apart(way, draws, rounds)
        if found is None:
            print(f"| {words} | not measured: {fault} |")
        else:
            shown(f"{words}, from {EMA_EXPERIMENTS:,}" if way == "ema" else words, found, unit)


def scaling(largest):
    """Print time and memory as draws grow."""
    heading("draws", "median", "range", "beside 1,000,000", "memory", "ratio, mean ± SD")
    unit, draws = None, 10**6
    while draws <= largest:
        found, fault = apart("innosi", draws, 3 if draws < 10**8 else 1)
        if found is None:
            sys.exit(fault)
        unit = unit or statistics.median(found["seconds"])
        shown(f"{draws:,}", found, unit)
        draws *= 10


def threads_and_cluster(draws, rounds):
    """Print the same run on threads and on Dask clusters of processes on this machine, in turn."""
    from distributed import LocalCluster

    from innosi.scenarios.engines.cluster import Cluster
    from innosi.scenarios.engines.threads import Threads

    with LocalCluster(n_workers=THREADS, threads_per_worker=1, dashboard_address=":0") as started:
        engines = {
            "two threads": Threads(THREADS),
            "a Dask cluster of two processes that runs": Cluster(started.scheduler_address),
            "one that is started for the run (`local`)": Cluster(workers=THREADS),
        }
        stages = {name: innosi(draws, engine) for name, engine in engines.items()}
        for each in stages.values():
            next(each)()
        runs = {name: next(each) for name, each in stages.items()}
        times = {name: [] for name in engines}
        for _ in range(rounds):
            for name, run in runs.items():
                times[name].append(seconds_of(run)[0])
    heading(f"{draws:,} draws", "median", "range", "beside threads", "memory here", "ratio, mean ± SD")
    unit = statistics.median(times["two threads"])
    for name, each in stages.items():
        mean, deviation = next(each)
        found = {"seconds": times[name], "memory": memory(), "mean": mean, "deviation": deviation}
        shown(name, found, unit)


@click.command()
@click.option("--draws", type=int, default=10**6, show_default=True)
@click.option("--rounds", type=int, default=5, show_default=True)
@click.option("--scaling", "largest", type=int, help="innosi alone, from a million draws to so many.")
@click.option("--cluster", is_flag=True, help="innosi alone, on threads and on a Dask cluster.")
@click.option("--apart", "job", nargs=3, hidden=True)
def main(draws, rounds, largest, cluster, job):
    """Measure."""
    if job:
        print(json.dumps(measured(job[0], int(job[1]), int(job[2]))))
    elif largest:
        scaling(largest)
    elif cluster:
        threads_and_cluster(draws, rounds)
    else:
        beside_others(draws, rounds)


if __name__ == "__main__":
    main()
