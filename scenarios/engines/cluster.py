"""Processes on this machine, or on many, by Dask."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from itertools import islice
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from innosi.models.errors import InnosiError
from innosi.scenarios.engines.engine import Result, Unit
from innosi.scenarios.engines.threads import usable_processors

LOCAL = "local"
SECONDS_TO_CONNECT = 8
SECONDS_FOR_WORKERS = 8
COMPARED = ("python", "distributed", "numpy", "innosi")
"""What must be of one version everywhere: with another, draws or pickles may differ."""

_LOST = (OSError, TimeoutError, CancelledError)
"""What Dask raises where nobody answers any more."""
_ADDRESS = re.compile(r"(tcp|tls)://[^\s/:]+:\d+|(tcp|tls)://\[[0-9a-fA-F:]+\]:\d+")


class Cluster:
    """Computes units on a Dask cluster.

    Parameters
    ----------
    address : str
        `tcp://HOST:PORT` or `tls://HOST:PORT` of a scheduler that runs, or `local` for processes on this
        machine.
    workers : int, optional
        Processes of a local cluster; as many as there are processors by default.

    Raises
    ------
    InnosiError
        If the address is none, or Dask is not installed.
    """

    def __init__(self, address: str = LOCAL, workers: int | None = None) -> None:
        if address != LOCAL and not _ADDRESS.fullmatch(address):
            raise InnosiError(
                f"'{address}' is no address of a cluster",
                mend="write tcp://HOST:PORT of its scheduler, or `local` for processes on this machine",
            )
        try:
            import distributed  # noqa: F401 - asked for now, so that nothing is computed before it is missed
        except ImportError:
            raise InnosiError("Dask is not installed", mend="pip install 'innosi[cluster]'") from None
        self.address, self.workers = address, workers
        self._stack = ExitStack()
        self._client: Any = None

    def __repr__(self) -> str:
        return f"Cluster({self.address!r})"

    def __enter__(self) -> Self:
        """Connect, or start the processes; see that all have the same versions."""
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            address = stack.enter_context(self._started()) if self.address == LOCAL else self.address
            self._client = stack.enter_context(self._connected(address))
            self._refuse_other_versions()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go of the connection, and end the processes that were started."""
        self._stack.close()

    def map(self, work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[tuple[Unit, Result]]:
        """Yield each unit with its result as it is done; see `Engine.map`.

        A unit whose worker dies is computed again elsewhere.

        Raises
        ------
        InnosiError
            If the cluster is lost, or a unit kills every worker that it is given to.
        """
        from distributed import as_completed

        from innosi.scenarios.engines.carrying import Carrier, computed

        waiting, under_way = iter(units), dict[Any, Unit]()
        name = f"innosi-{uuid4()}"
        try:
            with self._watched():
                self._client.register_plugin(Carrier(work), name=name)
                done = as_completed(loop=self._client.loop)
            while True:
                with self._watched():
                    for unit in islice(waiting, max(self._room() - len(under_way), 0)):
                        future = self._client.submit(computed, name, unit, pure=False)
                        under_way[future] = unit
                        done.add(future)
                    if not under_way:
                        return
                    future = next(done)
                unit = under_way.pop(future)
                yield unit, self._result(future)
                future.release()
        finally:
            with suppress(*_LOST):
                self._client.cancel(list(under_way))
                self._client.unregister_worker_plugin(name)

    def _room(self) -> int:
        """How many units may be under way: two for each thread of the workers that there are now."""
        return 2 * max(sum(self._client.nthreads().values()), 1)

    def _result(self, future: Any) -> Any:
        from distributed import KilledWorker

        with self._watched():
            error = future.exception()  # waits, where a worker died with the result and it is computed again
            if error is None:
                return future.result()
        if isinstance(error, KilledWorker):
            raise InnosiError(
                "a part of the run ended every worker that computed it",
                mend="give the workers more memory, or look at their logs",
                where=self.address,
            )
        raise error

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Say that the cluster is lost where it no longer answers."""
        try:
            yield
        except _LOST:
            raise InnosiError(
                "the cluster was lost while it computed",
                mend="start it again; a run with --to FOLDER then goes on where it was",
                where=self.address,
            ) from None

    @contextmanager
    def _started(self) -> Iterator[str]:
        from distributed import LocalCluster

        with LocalCluster(
            n_workers=self.workers or usable_processors(),
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
        ) as cluster:
            yield str(cluster.scheduler_address)

    @contextmanager
    def _connected(self, address: str) -> Iterator[Any]:
        from distributed import Client

        try:
            client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InnosiError(
                f"no scheduler answers ({str(error).splitlines()[0]})",
                mend="start one with `dask scheduler`, or mend the address after --cluster",
                where=self.address,
            ) from None
        with client:
            try:
                client.wait_for_workers(1, timeout=SECONDS_FOR_WORKERS)
            except TimeoutError:
                raise InnosiError(
                    "the scheduler has no workers",
                    mend=f"start some with `dask worker {address}`",
                    where=self.address,
                ) from None
            yield client

    def _refuse_other_versions(self) -> None:
        def innosi_there() -> str:
            from importlib import metadata

            try:
                return metadata.version("innosi")
            except metadata.PackageNotFoundError:
                return ""

        said = self._client.get_versions(check=False)
        there = {"the scheduler": _versions(said["scheduler"])}
        installed = self._client.run(innosi_there)
        for address, each in said["workers"].items():
            there[f"worker {address}"] = _versions(each) | {"innosi": installed.get(address, "")}
        here = _versions(said["client"]) | {"innosi": version("innosi")}
        for name, versions in there.items():
            for package in COMPARED:
                found, wanted = versions.get(package, here[package]), here[package]
                if found != wanted:
                    raise InnosiError(
                        f"{name} has {package} {found or 'not installed'}, this machine {wanted}",
                        mend="install the same everywhere: other versions may draw otherwise",
                        where=self.address,
                    )


def _versions(said: Mapping[str, Any]) -> dict[str, str]:
    """The versions that one node tells of itself."""
    packages = {**said.get("host", {}), **said.get("packages", {})}
    return {name: str(packages[name]) for name in COMPARED if packages.get(name)}


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own log off the terminal: what a user must know comes as an error or a result."""
    handlers = logging.getLogger("distributed").handlers
    levels = [each.level for each in handlers]
    for handler in handlers:
        handler.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for handler, level in zip(handlers, levels, strict=False):
            handler.setLevel(level)
