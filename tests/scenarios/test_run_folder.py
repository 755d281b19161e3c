"""A run that is stopped at any moment goes on, with nothing lost and nothing computed twice."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from innosi.models.errors import InnosiError
from innosi.scenarios import run_folder
from innosi.scenarios.chunks import ChunkWork
from innosi.scenarios.engines.threads import Threads
from innosi.scenarios.sampling.plan import BLOCK
from innosi.scenarios.simulation import simulate

N = 5 * BLOCK + 100


@pytest.fixture
def run(garden, noon, tmp_path):
    def run(folder="run", **told):
        told = {"draws": N, "chunk": BLOCK} | told
        return simulate(garden, at=noon, folder=tmp_path / folder, **told)

    return run


@pytest.fixture
def counted(monkeypatch):
    """The chunks that were computed."""
    computed = []
    original = ChunkWork.__call__

    def counting(work, chunk):
        computed.append((chunk.start, chunk.stop))
        return original(work, chunk)

    monkeypatch.setattr(ChunkWork, "__call__", counting)
    return computed


def _parts(folder):
    return sorted(path.name for path in folder.rglob("scenario=quiet/option=small/[0-9]*.parquet"))


def test_what_is_in_the_folder_is_not_computed_again(run, counted, tmp_path):
    first = run()
    assert len(counted) == 6
    again = run()
    assert len(counted) == 6
    pd.testing.assert_frame_equal(again.summary(whole=True), first.summary(whole=True))
    pd.testing.assert_frame_equal(again.frame(), first.frame())
    assert len(_parts(tmp_path / "run")) == 6


def test_a_run_in_a_folder_comes_to_the_same_as_one_in_memory(run, garden, noon):
    in_memory = simulate(garden, at=noon, draws=N, whole=True)
    pd.testing.assert_frame_equal(run().summary(whole=True), in_memory.summary(whole=True))


def test_a_lost_part_is_computed_again_alone(run, counted, tmp_path):
    first = run()
    (tmp_path / "run/draws/scenario=quiet/option=small" / _parts(tmp_path / "run")[2]).unlink()
    counted.clear()
    pd.testing.assert_frame_equal(run().summary(whole=True), first.summary(whole=True))
    assert counted == [(2 * BLOCK, 3 * BLOCK)]


def test_a_longer_run_goes_on_where_a_shorter_one_ended(run, counted, tmp_path, garden, noon):
    run()
    counted.clear()
    longer = run(draws=8 * BLOCK)
    assert counted == [(5 * BLOCK, 6 * BLOCK), (6 * BLOCK, 7 * BLOCK), (7 * BLOCK, 8 * BLOCK)]
    fresh = simulate(garden, at=noon, draws=8 * BLOCK, whole=True)
    pd.testing.assert_frame_equal(longer.summary(whole=True), fresh.summary(whole=True))
    frame = pd.read_parquet(tmp_path / "run" / "draws")
    assert len(frame) == 4 * 8 * BLOCK  # no draw stands there twice


def test_a_shorter_run_does_not_throw_draws_away(run):
    run()
    with pytest.raises(InnosiError, match=r"holds 41,060 draws, more than the 8,192 asked for"):
        run(draws=BLOCK)


def test_another_run_is_not_mixed_in(run):
    run()
    with pytest.raises(InnosiError, match=r"holds another run \(seed 1, now 2\)"):
        run(seed=2)


def test_a_latin_hypercube_of_another_size_is_another_run(garden, noon, tmp_path):
    strata = replace(garden, sampling="latin_hypercube")
    simulate(strata, at=noon, folder=tmp_path / "run", draws=100)
    with pytest.raises(InnosiError, match=r"holds another run \(draws 100, now 200\)"):
        simulate(strata, at=noon, folder=tmp_path / "run", draws=200)


def test_a_folder_with_something_else_is_left_alone(run, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("years of work")
    with pytest.raises(InnosiError, match="holds something else"):
        run()


def test_every_part_says_where_it_comes_from(run, tmp_path):
    run()
    part = next((tmp_path / "run").rglob("*.parquet"))
    about = json.loads(pq.read_schema(part).metadata[b"innosi"])
    assert about["seed"] == 1
    assert about["scenario_file"] == "garden.yaml"
    assert pq.ParquetFile(part).read().column_names[0] == "draw"


def test_a_full_disk_leaves_valid_parts_and_says_how_to_go_on(run, counted, monkeypatch, tmp_path):
    whole = run("other")
    counted.clear()
    original, written = pq.write_table, []

    def until_full(table, path, **told):
        if len(written) == 9:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        original(table, path, **told)

    monkeypatch.setattr(pq, "write_table", until_full)
    with pytest.raises(InnosiError, match=r"cannot be written \(No space left on device\)"):
        run(engine=Threads(1))
    monkeypatch.setattr(pq, "write_table", original)
    assert not list((tmp_path / "run").rglob(f"{run_folder._TEMPORARY}*"))
    for part in (tmp_path / "run").rglob("*.parquet"):
        pq.ParquetFile(part).read()
    counted.clear()
    resumed = run()
    assert len(counted) == 4  # two of six were whole
    pd.testing.assert_frame_equal(resumed.summary(whole=True), whole.summary(whole=True))


def test_two_runs_do_not_write_into_one_folder(run, garden, noon, tmp_path):
    told = []

    def meanwhile(done, total):
        with pytest.raises(InnosiError, match="another run is being written here"):
            run()
        told.append(done)

    simulate(garden, at=noon, folder=tmp_path / "run", draws=N, progress=meanwhile)
    assert told


KILLED = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from innosi.scenarios.loading.scenario_file import load_scenarios
from innosi.scenarios.simulation import simulate
simulate(load_scenarios(Path(sys.argv[1])), at=datetime.now(UTC), folder=Path(sys.argv[2]), draws=2_000_000,
         chunk=8192)
"""


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_to_the_same_result(garden_text, garden, noon, tmp_path, counted):
    file, folder = tmp_path / "garden.yaml", tmp_path / "run"
    file.write_text(garden_text)
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(file), str(folder)], env=dict(os.environ))
    try:
        deadline = time.monotonic() + 60
        while len(list(folder.rglob("scenario=quiet/option=large/[0-9]*.parquet"))) < 3:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = len(_parts(folder))
    from innosi.scenarios.loading.scenario_file import load_scenarios

    n = BLOCK * (there + 3)
    resumed = simulate(load_scenarios(file), at=noon, folder=folder, draws=n, chunk=BLOCK)
    assert 3 <= len(counted) <= 5  # those that were under way, and three more
    fresh = simulate(garden, at=noon, draws=n, whole=True)
    pd.testing.assert_frame_equal(resumed.summary(whole=True), fresh.summary(whole=True))
    assert not list(folder.rglob(f"{run_folder._TEMPORARY}*"))
