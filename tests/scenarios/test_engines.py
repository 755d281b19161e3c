import threading
from itertools import count, islice

import pytest

from innosi.scenarios.engines import engine_of
from innosi.scenarios.engines.threads import Threads, usable_processors


def _ours():
    return [each for each in threading.enumerate() if each.name.startswith("innosi")]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_unit_is_done_once(workers):
    found = dict(Threads(workers).map(lambda unit: unit**2, range(100)))
    assert found == {unit: unit**2 for unit in range(100)}
    assert not _ours()


def test_one_worker_works_in_the_calling_thread():
    threads = {thread for _, thread in Threads(1).map(lambda _: threading.get_ident(), range(3))}
    assert threads == {threading.get_ident()}


def test_several_workers_work_at_once():
    meeting = threading.Barrier(3, timeout=20)
    assert len(list(Threads(3).map(lambda _: meeting.wait(), range(3)))) == 3


def test_no_more_units_are_taken_than_are_under_way():
    taken = []

    def units():
        for unit in range(50):
            taken.append(unit)
            yield unit

    for done, _ in enumerate(Threads(2).map(lambda unit: unit, units()), start=1):
        assert len(taken) <= done + 2 + 2


@pytest.mark.parametrize("workers", [1, 3])
def test_endless_units_are_left_when_enough_is_done(workers):
    results = Threads(workers).map(lambda unit: unit, count())
    assert len(list(islice(results, 10))) == 10
    results.close()
    assert not _ours()


@pytest.mark.parametrize("workers", [1, 3])
def test_the_first_error_ends_the_others_and_comes_as_it_is(workers):
    started = []

    def work(unit):
        started.append(unit)
        if unit == 5:
            raise LookupError("unit 5")
        return unit

    with pytest.raises(LookupError, match="unit 5"):
        list(Threads(workers).map(work, range(1000)))
    assert len(started) < 30
    assert not _ours()


def test_an_interruption_leaves_no_thread_running():
    def consume():
        for unit, _ in Threads(2).map(lambda unit: unit, range(1000)):
            if unit >= 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        consume()
    assert not _ours()


def test_threads_are_the_engine_unless_another_is_asked_for():
    with engine_of(workers=3) as engine:
        assert repr(engine) == "Threads(3)"
    assert 1 <= usable_processors() <= 1024
    assert engine_of().workers == usable_processors()
