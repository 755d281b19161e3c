"""How long commands take from the shell, beside Python alone: to start, to run, to run the first time."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILE = Path(__file__).parents[1] / "examples" / "urban-farming" / "scenario.yaml"
INNOSI = [sys.executable, "-c", "from innosi.forecast.cli import main; main()"]
RUN = [*INNOSI, "run", str(FILE), "--draws", "100000"]
COMMANDS = {
    "python": ([sys.executable, "-c", "pass"], 15),
    "python + click": ([sys.executable, "-c", "import click"], 15),
    "innosi --version": ([*INNOSI, "--version"], 15),
    "innosi --help": ([*INNOSI, "--help"], 15),
    "innosi explain deadweight": ([*INNOSI, "explain", "deadweight"], 15),
    "innosi check": ([*INNOSI, "check", str(FILE)], 5),
    "innosi run, 100,000 draws": (RUN, 5),
}
"""Commands, and how often each is run."""


def seconds(command, **environment):
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    return time.perf_counter() - start


def seconds_at_first():
    """What the same run takes where nothing has been compiled yet."""
    with tempfile.TemporaryDirectory() as empty:
        return seconds(RUN, NUMBA_CACHE_DIR=empty)


def main():
    times = {name: [] for name in COMMANDS}
    for turn in range(15):  # in turn, so that a busy moment meets them all
        for name, (command, count) in COMMANDS.items():
            if turn < count:
                times[name].append(seconds(command))
    times["… the very first time"] = [seconds_at_first() for _ in range(3)]
    base = statistics.median(times["python"])
    print("| command | median | range | beside python |\n|---|---|---|---|")
    for name, found in times.items():
        median = statistics.median(found)
        spread = f"{min(found):.2f} to {max(found):.2f}"
        print(f"| `{name}` | {median:.2f} s | {spread} | {median / base:.1f} × |")


if __name__ == "__main__":
    main()
