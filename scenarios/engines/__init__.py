"""Where the work of a simulation is done."""

from innosi.scenarios.engines.engine import Engine
from innosi.scenarios.engines.threads import Threads


def engine_of(cluster: str | None = None, workers: int | None = None) -> Engine:
    """Return threads on this machine, or a Dask cluster.

    Parameters
    ----------
    cluster : str, optional
        `tcp://HOST:PORT` or `tls://HOST:PORT` of a scheduler; `local` for processes on this machine.
    workers : int, optional
        How many threads, or processes of a local cluster.
    """
    if cluster is None:
        return Threads(workers)
    from innosi.scenarios.engines.cluster import Cluster

    return Cluster(cluster, workers)
