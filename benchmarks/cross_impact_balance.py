"""All consistent scenarios of a cross-impact matrix: innosi beside CP-SAT and plain numpy, in one run.

    pip install innosi[benchmarks]
    python benchmarks/cross_impact_balance.py             # up to 20 descriptors; some minutes
    python benchmarks/cross_impact_balance.py --most 22

Dense random matrices (whole numbers from -3 to 3, four states a descriptor), and sparse ones, in which 30 %
of the sections are not 0. Everybody lists every consistent scenario, and the lists are compared. Each time is
the median over several matrices, after compilation; ratios are of the first of them, and say how many times
quicker innosi is on two threads.

CP-SAT (OR-tools) enumerates all solutions of the balance as linear constraints, on one thread, as it must.
Numpy reckons the balance of every combination, in blocks; beyond 12 descriptors its time is reckoned from the
share of the combinations that it looks at in some seconds, and marked ~.
"""

import argparse
import itertools
import statistics
import time

import numpy as np

from innosi.scenarios.construction.balance.consistency import consistent_scenarios
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts

N_STATES, BLOCK, PATIENCE = 4, 4**9, 5.0
MOST_OF_CP_SAT = {"dense": 16, "sparse": 20}


def matrix(n, seed, share=1.0):
    draw = np.random.default_rng(seed)
    found = draw.integers(-3, 4, (n * N_STATES, n * N_STATES)).astype(float)
    for i, j in itertools.product(range(n), repeat=2):
        if i == j or draw.random() >= share:
            found[i * N_STATES : (i + 1) * N_STATES, j * N_STATES : (j + 1) * N_STATES] = 0
    states = {f"d{place}": [f"s{k}" for k in range(N_STATES)] for place in range(n)}
    return CrossImpacts.of(states, found)


def by_numpy(impacts):
    """Every combination, a block at a time; the scenarios, and the share of the combinations looked at."""
    n = len(impacts.states)
    judgements = impacts.judgements.astype(np.int16)
    n_combinations, found, started = N_STATES**n, [], time.perf_counter()
    for start in range(0, n_combinations, BLOCK):
        numbers = np.arange(start, min(start + BLOCK, n_combinations))
        scenarios = np.stack(np.unravel_index(numbers, (N_STATES,) * n), axis=1)
        scores = np.zeros((len(numbers), n * N_STATES), np.int16)
        for place in range(n):
            scores += judgements[scenarios[:, place] + place * N_STATES]
        scores = scores.reshape(-1, n, N_STATES)
        own = np.take_along_axis(scores, scenarios[:, :, None], axis=2)[:, :, 0]
        found.append(scenarios[np.all(own == scores.max(axis=2), axis=1)])
        if time.perf_counter() - started > PATIENCE and n > 12:
            break
    return np.concatenate(found), (start + len(numbers)) / n_combinations


def by_cp_sat(impacts):
    from ortools.sat.python import cp_model

    n, judgements = len(impacts.states), impacts.judgements.astype(int)
    model = cp_model.CpModel()
    chosen = [[model.new_bool_var(f"{i}.{k}") for k in range(N_STATES)] for i in range(n)]
    flat = list(itertools.chain.from_iterable(chosen))
    for states in chosen:
        model.add_exactly_one(states)
    for j in range(n):
        scores = [
            sum(judgements[row, j * N_STATES + k] * each for row, each in enumerate(flat)) for k in range(4)
        ]
        for k, rival in itertools.permutations(range(N_STATES), 2):
            model.add(scores[k] >= scores[rival]).only_enforce_if(chosen[j][k])

    class Listed(cp_model.CpSolverSolutionCallback):
        def __init__(self):
            super().__init__()
            self.found = []

        def on_solution_callback(self):
            self.found.append(
                [next(k for k in range(N_STATES) if self.value(states[k])) for states in chosen]
            )

    solver, listed = cp_model.CpSolver(), Listed()
    solver.parameters.enumerate_all_solutions = True
    assert solver.solve(model, listed) in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    found = np.array(listed.found, dtype=int).reshape(-1, n)
    return found[np.lexsort(found.T[::-1])]


def timed(function):
    start = time.perf_counter()
    found = function()
    return time.perf_counter() - start, found


def numpy_seconds(impacts, ours):
    spent, (found, share) = timed(lambda: by_numpy(impacts))
    if share == 1:
        assert np.array_equal(found, ours)
    return spent / share, "" if share == 1 else "~"


def cp_sat_seconds(impacts, ours):
    spent, found = timed(lambda: by_cp_sat(impacts))
    assert np.array_equal(found, ours)
    return spent, ""


def peers(n, kind):
    """Who is asked to list the scenarios of such matrices, by name."""
    asked = {"numpy": numpy_seconds} if n <= 16 else {}
    try:
        import ortools  # noqa: F401
    except ImportError:
        return asked
    return asked | ({"CP-SAT": cp_sat_seconds} if n <= MOST_OF_CP_SAT[kind] else {})


def row(n, kind, n_matrices):
    share = 1.0 if kind == "dense" else 0.3
    matrices = [matrix(n, seed, share) for seed in range(n_matrices)]
    one = [timed(lambda m=m: consistent_scenarios(m, workers=1))[0] for m in matrices]
    both = [timed(lambda m=m: consistent_scenarios(m, workers=2)) for m in matrices]
    assert all(found.is_complete for _, found in both)
    ours = statistics.median(spent for spent, _ in both)
    counts = [len(found.scenarios) for _, found in both]
    words = f"{kind:<7}{n:>3} descriptors {statistics.median(one):>9.3f} s {ours:>9.3f} s"
    words += f" (slowest {max(spent for spent, _ in both):.3f}) {min(counts)} to {max(counts)} scenarios"
    for name, seconds in peers(n, kind).items():
        theirs, mark = seconds(matrices[0], both[0][1].scenarios)
        words += f"   {name} {mark}{theirs:,.2f} s, {mark}{theirs / both[0][0]:,.0f} ×"
    print(words, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=20, help="descriptors of the largest dense matrix")
    most = parser.parse_args().most
    consistent_scenarios(matrix(4, 0))  # compiles
    print("                        one thread  two threads")
    for n in range(10, most + 1, 2):
        row(n, "dense", 5 if n < 20 else 3)
    for n in (12, 16, 20, 25):
        row(n, "sparse", 5)


if __name__ == "__main__":
    main()
