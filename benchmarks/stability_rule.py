"""How often the default rule of stability, and each half of it alone, calls simulated panels stable.

Ratings on five levels; a share of the panellists moves one level, all up or either way. 400 panels each.
"""

import numpy as np

from innosi.forecast.statistics.paired import wilcoxon_signed_rank
from innosi.forecast.statistics.shift import net_change

LEVELS, CHANCES = [1, 2, 3, 4, 5], [0.1, 0.2, 0.3, 0.25, 0.15]
CASES = (("30 % move either way", 0.3, 0.5), ("30 % move up", 0.3, 1.0), ("15 % move up", 0.15, 1.0))
N_PANELS = 400


def main() -> None:
    rng = np.random.default_rng(1)
    for n in (8, 15, 25, 60):
        for words, share, up in CASES:
            called = [calls(rng, n, share, up) for _ in range(N_PANELS)]
            test, net, both = np.mean(called, axis=0)
            print(f"{n:3} panellists, {words:20}: test {test:.1%}, net change {net:.1%}, rule {both:.1%}")


def calls(rng: np.random.Generator, n: int, share: float, up: float) -> tuple[bool, bool, bool]:
    earlier = rng.choice(LEVELS, n, p=CHANCES)
    moves = (rng.random(n) < share) * np.where(rng.random(n) < up, 1, -1)
    later = np.clip(earlier + moves, 1, 5)
    test = wilcoxon_signed_rank(earlier, later).p_value >= 0.05
    net = net_change(earlier, later, levels=LEVELS).value < 0.15 - 1e-12
    return test, net, test and net


if __name__ == "__main__":
    main()
