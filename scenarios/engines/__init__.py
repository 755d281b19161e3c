"""Where the work of a simulation is done."""

from innosi.scenarios.engines.threads import Threads


def engine_of(cluster, workers):
    return Threads(workers)
