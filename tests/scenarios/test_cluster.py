"""The Dask engine on real clusters of separate processes, with workers that die in the middle."""

import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pandas as pd
import pytest

from innosi.models.errors import Fault, InnosiError, ModelError
from innosi.scenarios.engines.cluster import Cluster
from innosi.scenarios.engines.threads import Threads
from innosi.scenarios.simulation import simulate

distributed = pytest.importorskip(
    "distributed", reason="Dask is not installed: pip install 'innosi[cluster]'"
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets of processes that were killed
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def scheduler():
    """A scheduler in a process of its own; its address."""
    command = [sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        [*command, "--dashboard-address", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr:
            if found := re.search(r"Scheduler at:\s+(tcp://\S+)", line):
                break
        try:
            yield found[1]
        finally:
            process.kill()


@pytest.fixture(scope="module")
def started():
    """The workers that were started so far; those that a test killed are among them."""
    started = []
    yield started
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def workers(scheduler, started):
    """Two workers in processes of their own, which nobody starts again but the next test."""
    command = [sys.executable, "-m", "dask", "worker", scheduler, "--nthreads", "1", "--no-nanny"]
    quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    alive = [each for each in started if each.poll() is None]
    for _ in range(2 - len(alive)):
        alive.append(
            subprocess.Popen([*command, "--dashboard-address", "127.0.0.1:0"], **quiet, env=dict(os.environ))
        )
        started.append(alive[-1])
    with distributed.Client(scheduler, set_as_default=False) as client:
        while len(client.scheduler_info()["workers"]) != 2:
            time.sleep(0.05)
    return alive


def _slowly(unit):
    time.sleep(0.05)
    return unit, os.getpid()


def _fail(unit):
    raise ModelError(f"unit {unit}", mend="mend it", where="here")


def test_every_unit_is_done_once_though_a_worker_is_killed(scheduler, workers):
    found = []
    with Cluster(scheduler) as cluster:
        for unit, (same, _) in cluster.map(_slowly, range(60)):
            found.append(unit)
            assert same == unit
            if len(found) == 10:
                workers[0].send_signal(signal.SIGKILL)
    assert sorted(found) == list(range(60))


def test_a_simulation_is_the_same_to_the_last_digit_though_a_worker_is_killed(
    scheduler, workers, garden, noon, tmp_path
):
    def killing(done, total):
        if done >= total / 4:
            workers[1].send_signal(signal.SIGKILL)

    told = replace(garden, sampling="sobol")
    there = simulate(
        told,
        at=noon,
        draws=130_000,
        chunk=8192,
        engine=Cluster(scheduler),
        folder=tmp_path / "run",
        progress=killing,
    )
    here = simulate(told, at=noon, draws=130_000, whole=True, engine=Threads(2))
    pd.testing.assert_frame_equal(there.summary(whole=True), here.summary(whole=True))
    pd.testing.assert_frame_equal(there.frame(), here.frame())
    draws = pd.read_parquet(
        tmp_path / "run" / "draws", columns=["draw"], filters=[("scenario", "==", "quiet")]
    )
    assert sorted(draws["draw"]) == sorted([*range(130_000)] * 2)


def test_processes_on_this_machine_are_a_cluster_too(garden, noon):
    with Cluster("local", 2) as cluster:
        found = dict(cluster.map(_slowly, range(20)))
        there = simulate(garden, at=noon, draws=50_000, engine=cluster)
    pd.testing.assert_frame_equal(there.summary(), simulate(garden, at=noon, draws=50_000).summary())
    assert [same for same, _ in found.values()] == [*found]
    processes = {process for _, process in found.values()}
    assert len(processes) == 2
    assert os.getpid() not in processes


def test_an_error_comes_back_as_it_was_raised(scheduler, workers):
    with (
        Cluster(scheduler) as cluster,
        pytest.raises(ModelError, match=r"^here: unit \d+; mend it$"),
    ):
        list(cluster.map(_fail, range(10)))


def test_units_without_end_are_left_when_enough_is_done(scheduler, workers):
    def endless():
        unit = 0
        while True:
            yield unit
            unit += 1

    with Cluster(scheduler) as cluster:
        results = cluster.map(_slowly, endless())
        assert len([next(results) for _ in range(5)]) == 5
        results.close()


def test_a_worker_with_other_versions_is_named(scheduler, workers, monkeypatch):
    monkeypatch.setattr("innosi.scenarios.engines.cluster.version", lambda _: "0.0.1")
    with pytest.raises(InnosiError, match=r"worker tcp://\S+ has innosi \S+, this machine 0\.0\.1"):
        Cluster(scheduler).__enter__()


def test_a_scheduler_without_workers_says_so(scheduler, started, monkeypatch):
    for process in started:
        process.kill()
    with distributed.Client(scheduler, set_as_default=False) as client:
        while client.scheduler_info()["workers"]:
            time.sleep(0.05)
    monkeypatch.setattr("innosi.scenarios.engines.cluster.SECONDS_FOR_WORKERS", 0.5)
    with pytest.raises(InnosiError, match=r"the scheduler has no workers; start some with `dask worker"):
        Cluster(scheduler).__enter__()


def test_nobody_at_an_address_is_told_within_seconds(monkeypatch, capfd):
    monkeypatch.setattr("innosi.scenarios.engines.cluster.SECONDS_TO_CONNECT", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(InnosiError, match="no scheduler answers"), Cluster(address):
            pass
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("address", ["here", "http://host:80", "tcp://host", "host:8786"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(InnosiError, match="is no address of a cluster; write tcp://HOST:PORT"):
        Cluster(address)


def _kinds(kind=InnosiError):
    return [kind, *(each for below in kind.__subclasses__() for each in _kinds(below))]


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
def test_every_error_travels_between_processes_whole(kind):
    error = kind.__new__(kind)
    error.args = ("is wrong",)
    about = {"problem": "is wrong", "mend": "mend it", "where": "there", "excerpt": "x\n^"}
    error.__dict__.update(about, source="file.yaml", faults=(Fault("is wrong", key="base", line=3),), index=7)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert str(copy) == str(error)
    assert copy.__dict__ == error.__dict__
    assert copy.args == error.args
