"""A PostgreSQL database for each test, as the tests of the store get it."""

import pytest
from sqlalchemy import NullPool, create_engine, inspect, text


@pytest.fixture
def engine(postgresql_database):
    return create_engine(postgresql_database, poolclass=NullPool)


def test_the_url_of_a_database_is_one_that_sqlalchemy_opens(engine):
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
        assert connection.scalar(text("SHOW server_encoding")) == "UTF8"


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_database_begins_empty_whatever_the_test_before_wrote(engine, turn):
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (number integer)"))
    assert inspect(engine).get_table_names() == ["kept"]
