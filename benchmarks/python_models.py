# ruff: noqa: ARG001 - a function that does nothing has parameters all the same
"""What innosi adds to each call of a Python function, beside a bare loop and EMAworkbench's experiments."""

import statistics
import time
import warnings

import numpy as np

from innosi.models.python_model import Input, Output, model

DRAWS = 4096
ROUNDS = 15
NAMES = ("visitors", "worth", "share")


def nothing(visitors, worth, share):
    return 0.0


def dict_of_nothing(visitors, worth, share):
    return {"benefit": 0.0, "cost": 0.0}


def project(visitors, worth, share):
    return visitors * worth * (1 - share) ** 2 + visitors


def declared(function, *outputs, vectorised):
    inputs = {name: Input(name) for name in NAMES}
    titles = {output: Output(output, "money") for output in outputs}
    return model(inputs=inputs, outputs=titles, vectorised=vectorised)(function)


def bare_loop(function, values):
    """The least that Python can do: the numbers are taken out of arrays, and the results kept in a list."""
    results = []
    for row in zip(*(values[name].tolist() for name in NAMES), strict=True):
        results.append(function(*row))  # noqa: PERF401 - a loop as people write it
    return results


def ema_experiments(function, n):
    from ema_workbench import Model, RealParameter, ScalarOutcome, perform_experiments

    ema_model = Model("nothing", function=lambda **given: {"benefit": function(**given)})
    ema_model.uncertainties = [RealParameter(name, 0, 1) for name in NAMES]
    ema_model.outcomes = [ScalarOutcome("benefit")]
    perform_experiments(ema_model, scenarios=n, log_progress=True)  # its bar would go to the screen


def microseconds(run, n=DRAWS, rounds=ROUNDS):
    """Microseconds a draw: the median of some rounds, and their range."""
    run()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) / n * 1e6)
    return statistics.median(times), min(times), max(times)


def show(words, found, unit):
    median, low, high = found
    print(f"{words:<44} {median:>9.3f} µs a draw ({low:.3f} to {high:.3f})   {median / unit:>8.2f} ×")


def main():
    generator = np.random.default_rng(0)
    values = {name: generator.random(DRAWS) for name in NAMES}
    bare = microseconds(lambda: bare_loop(nothing, values))
    singly = declared(nothing, "benefit", vectorised=False)
    two = declared(dict_of_nothing, "benefit", "cost", vectorised=False)
    slow, fast = (declared(project, "benefit", vectorised=each) for each in (False, True))
    print(f"blocks of {DRAWS} draws; × is beside the bare loop")
    show("a function doing nothing, bare loop", bare, bare[0])
    show("… in innosi, draw by draw", microseconds(lambda: singly.evaluate(values)), bare[0])
    show("… giving a dict, bare loop", microseconds(lambda: bare_loop(dict_of_nothing, values)), bare[0])
    show("… giving a dict, in innosi", microseconds(lambda: two.evaluate(values)), bare[0])
    show("five operations, in innosi, draw by draw", microseconds(lambda: slow.evaluate(values)), bare[0])
    show("five operations, in innosi, on arrays", microseconds(lambda: fast.evaluate(values)), bare[0])
    try:
        warnings.simplefilter("ignore")  # what EMAworkbench finds not to be installed
        experiments = microseconds(lambda: ema_experiments(nothing, 1000), n=1000, rounds=3)
    except ImportError:
        print("EMAworkbench is not installed: pip install ema_workbench")
    else:
        show("nothing, EMAworkbench, with its sampling", experiments, bare[0])


if __name__ == "__main__":
    main()
