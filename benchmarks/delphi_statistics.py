"""Statistics of a large Delphi round: innosi beside krippendorff, irrCAC and pingouin, in one run.

    pip install innosi[benchmarks]
    python benchmarks/delphi_statistics.py

1,000 panellists rate 200 questions from 1 to 9; a fifth of the answers is missing. Ratios above 1 say how
many times quicker innosi is. What a peer needs for 2,000 resamples is reckoned from the few that it is given.
irrCAC asks for an old scipy: install it with `pip install --no-deps irrCAC`.
"""

import resource
import statistics
import time
from pathlib import Path

import numpy as np

from innosi.forecast.answers.values import Answer, Answers
from innosi.forecast.panels.panel import Panel
from innosi.forecast.questions import Question
from innosi.forecast.statistics.agreement import Interval, gwet_ac, krippendorff_alpha
from innosi.forecast.statistics.kendall import kendall_w
from innosi.forecast.statistics.panel_agreement import agreement_of_round
from innosi.forecast.statistics.resampling import ENOUGH_RESAMPLES
from innosi.forecast.statistics.summary import summarise
from innosi.forecast.study import Study

N_PANELLISTS, N_QUESTIONS, N_RESAMPLES, SCALE = 1000, 200, 2000, (1, 9)
N_OF_PEER = 10


def ratings(n_panellists, n_questions=N_QUESTIONS, missing=0.2):
    generator = np.random.default_rng(0)
    middle = generator.uniform(2, 8, n_questions)
    drawn = np.clip(np.round(middle + generator.normal(0, 1.5, (n_panellists, n_questions))), *SCALE)
    return np.where(generator.random(drawn.shape) < missing, np.nan, drawn)


def seconds(function, repeats=3):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def row(what, ours, theirs="", peer=""):
    ratio = f"{theirs / ours:>8.1f} ×" if theirs else ""
    print(f"{what:<58} {ours:>9.3f} s   {f'{theirs:>9.3f} s' if theirs else '':>11}  {ratio}  {peer}")


def alpha(table):
    """α with 2,000 resamples of panellists; the peer is called again for each of them."""
    import krippendorff

    ours = seconds(lambda: krippendorff_alpha(table, interval=Interval(n_resamples=N_RESAMPLES)))
    generator = np.random.default_rng(1)
    drawn = [table[generator.integers(0, len(table), len(table))] for _ in range(N_OF_PEER)]

    def looped():
        for each in drawn:
            krippendorff.alpha(reliability_data=each, level_of_measurement="ordinal")

    theirs = seconds(looped) * N_RESAMPLES / N_OF_PEER
    row(f"Krippendorff's α, ordinal, {N_RESAMPLES} resamples", ours, theirs, "krippendorff.alpha in a loop")
    bare = Interval(n_resamples=0)
    one = seconds(lambda: krippendorff_alpha(table, interval=bare))
    row("Krippendorff's α, ordinal, no interval", one, theirs / N_RESAMPLES, "krippendorff.alpha")


def gwet(table):
    """AC1 and AC2 with the standard error; irrCAC takes items as rows."""
    import pandas as pd
    from irrCAC.raw import CAC

    frame = pd.DataFrame(table.T)
    bare = Interval(n_resamples=0)
    ours = seconds(lambda: gwet_ac(table, weights="quadratic", interval=bare))
    theirs = seconds(lambda: CAC(frame, weights="quadratic").gwet(), repeats=1)
    row("Gwet's AC2, quadratic, with standard error", ours, theirs, "irrCAC")


def concordance():
    """W of complete rankings; pingouin has no W, so its Friedman test, whose statistic is one of W's."""
    import pandas as pd
    import pingouin

    table = ratings(N_PANELLISTS, missing=0)
    frame = pd.DataFrame(table).melt(ignore_index=False, var_name="item").reset_index(names="panellist")
    ours = seconds(lambda: kendall_w(table, n_resamples=0))
    theirs = seconds(
        lambda: pingouin.friedman(data=frame, dv="value", within="item", subject="panellist"), repeats=1
    )
    row("Kendall's W with its tests", ours, theirs, "pingouin.friedman")


def study_of(table):
    questions = {
        f"q{j}": Question(f"q{j}", "Rate it", "rating", scale=SCALE, low=SCALE[0], high=SCALE[1])
        for j in range(table.shape[1])
    }
    answers = Answers.of(
        Answer(1, f"p{i:06d}", f"q{j}", (table[i, j],))
        for i, j in zip(*np.nonzero(~np.isnan(table)), strict=True)
    )
    return Study(Path("study.yaml"), "", "A large round", "", Panel(), ("Round 1",), questions), answers


def whole_round(table):
    """Every measure of every question and every coefficient over them, each with its interval."""
    study, answers = study_of(table)
    each = seconds(lambda: summarise(study, answers, 1, n_resamples=ENOUGH_RESAMPLES))
    row(f"summary: {N_QUESTIONS} questions, 17 measures each, BCa intervals", each)
    together = seconds(lambda: agreement_of_round(study, answers, 1, n_resamples=N_RESAMPLES))
    row("agreement over all questions: 12 coefficients, BCa", together)


def growth():
    """How time grows with the panel, for α with its interval."""
    for n in (1000, 10_000, 100_000):
        table = ratings(n, 50)
        row(f"α with 500 resamples, {n:>7,} panellists × 50 questions", seconds(
            lambda table=table: krippendorff_alpha(table, interval=Interval(n_resamples=500)), repeats=1
        ))  # fmt: skip


def main():
    table = ratings(N_PANELLISTS)
    print(f"{'':<58} {'innosi':>11}   {'peer':>11}  {'ratio':>10}")
    alpha(table)
    gwet(table)
    concordance()
    whole_round(table)
    growth()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the whole run, peers and 100,000 panellists too: {peak:.0f} MB")


if __name__ == "__main__":
    main()
