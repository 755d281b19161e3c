import os

import pytest
from hypothesis import settings

pytest_plugins = ["kept_study", "postgresql"]

# Tests never assert times: the first example may wait for a loop to be compiled. The same examples are tried
# each time, so that a change is judged by what it changes; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("same")


def pytest_collection_modifyitems(items):
    """Files with slow tests come first, so that no worker is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def _only_tests_are_measured():
    """Processes that a test starts are not slowed down by coverage; they are told by what comes out."""
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
