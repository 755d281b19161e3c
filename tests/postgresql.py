"""A PostgreSQL server that starts for the first test that asks for it, and leaves nothing behind.

It listens on a socket in a folder of its own that nobody else may enter: no port, no password.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

DEBIAN = Path("/usr/lib/postgresql")
HOW_TO_GET_IT = "PostgreSQL is not installed: apt-get install postgresql (as root, `make services` does it)"

# The input ends when the tests end it, and also where they are killed.
KEEPER = """
initdb --pgdata=data --username=innosi --auth=trust --encoding=UTF8 --locale=C --no-sync > log 2>&1 &&
pg_ctl start --silent --wait --pgdata=data --log=log --options="$1" && echo ready || cat log
read -r _
pg_ctl stop --silent --pgdata=data --mode=immediate
rm -rf "$PWD"
"""
# Nothing that is written has to outlive a crash.
SETTINGS = "-p 5432 -k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off"


def _programs() -> Path:
    """Give the folder of the server's programs; skip the test where there are none."""
    on_path = shutil.which("initdb")
    debian = max(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), default=None)
    if not on_path and not debian:
        pytest.skip(HOW_TO_GET_IT)
    return Path(on_path or debian).resolve().parent


def _other_user() -> dict[str, Any]:
    """Give the user that the server runs as, since it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    names = {each.pw_name for each in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def _server(programs: Path) -> Iterator[Path]:
    """Run a server with an empty cluster; give the folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="innosi-"))
    user = _other_user()
    if user:
        os.chown(folder, user["user"], user["group"])
    command = ["sh", "-c", KEEPER, "keeper", SETTINGS.format(folder=folder)]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C ends the tests, which end the server
        **user,
    ) as keeper:
        first = keeper.stdout.readline()
        if first != "ready\n":
            said, _ = keeper.communicate()
            pytest.fail(f"PostgreSQL does not start:\n{first}{said}")
        yield folder


def _url(folder: Path, database: str) -> str:
    return f"postgresql+psycopg://innosi@/{database}?host={folder}&port=5432"


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of this session's own: the URL of a database to connect to, for SQLAlchemy."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'innosi[postgresql]'")
    with _server(_programs()) as folder:
        yield _url(folder, "postgres")


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[str]:
    """An empty database that only this test knows: its URL."""
    from sqlalchemy import NullPool, create_engine, make_url, text

    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE studies"))
    yield make_url(postgresql_url).set(database="studies").render_as_string()
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE studies WITH (FORCE)"))  # though a test is still connected
