import pytest
from click.testing import CliRunner

from innosi.forecast.cli import cli


@pytest.fixture
def innosi():
    """Run a command line as a user would; return the result with its exit code and output."""

    def run(*arguments):
        return CliRunner().invoke(cli, [str(each) for each in arguments], prog_name="innosi")

    return run
