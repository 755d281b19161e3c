"""How long the command line takes to start, beside Python alone and Python with click."""

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python": [sys.executable, "-c", "pass"],
    "python + click": [sys.executable, "-c", "import click"],
    "innosi --version": [sys.executable, "-c", "from innosi.forecast.cli import main; main()", "--version"],
    "innosi --help": [sys.executable, "-c", "from innosi.forecast.cli import main; main()", "--help"],
    "innosi explain deadweight": [
        sys.executable,
        "-c",
        "from innosi.forecast.cli import main; main()",
        "explain",
        "deadweight",
    ],
}
RUNS = 15


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main():
    times = {name: [] for name in COMMANDS}
    for _ in range(RUNS):  # in turn, so that a busy moment meets them all
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    base = statistics.median(times["python"])
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:<28} median {median:.3f} s   {median / base:.1f} × python")


if __name__ == "__main__":
    main()
