import os

import pytest
from hypothesis import settings

pytest_plugins = ["kept_study", "postgresql"]

# Tests never assert times: the first example may wait for a loop to be compiled.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _only_tests_are_measured():
    """Processes that a test starts are not slowed down by coverage; they are told by what comes out."""
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
