"""Tests of reports and health: each runs on SQLite and on PostgreSQL, on the databases of tests/conformance."""

from tests.conformance.conftest import database as database
from tests.conformance.conftest import databases as databases
