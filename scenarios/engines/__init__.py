"""Where the work of a simulation is done."""

from innosi.models.errors import InnosiError
from innosi.scenarios.engines.engine import Engine
from innosi.scenarios.engines.threads import Threads


def engine_of(cluster: str | None = None, workers: int | None = None, *, gpu: bool = False) -> Engine:
    """Return threads on this machine, a Dask cluster, or a GPU.

    Parameters
    ----------
    cluster : str, optional
        `tcp://HOST:PORT` or `tls://HOST:PORT` of a scheduler; `local` for processes on this machine.
    workers : int, optional
        How many threads, or processes of a local cluster.
    gpu : bool
        Whether to draw and to reckon on this machine's GPU.

    Raises
    ------
    InnosiError
        If a cluster or a number of workers is asked for beside a GPU; if something is not installed.
    """
    if gpu:
        if cluster or workers:
            raise InnosiError(
                "a GPU takes neither a cluster nor a number of workers", mend="leave one of them out"
            )
        from innosi.scenarios.engines.gpu import Gpu

        return Gpu()
    if cluster is None:
        return Threads(workers)
    from innosi.scenarios.engines.cluster import Cluster

    return Cluster(cluster, workers)
