"""Kesher does not start on a database that could lose, mix up or hide what people enter."""

import socket
import sqlite3
import subprocess
import sys

import pytest
from django.core.management.base import CommandError
from django.db import connection

from kesher.config import checks
from kesher.core import guards
from tests.running import ROOT, free_port

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="speaks of SQLite's own risks")


def serve(place, settings: str = "kesher.config.settings", **environment: str):
    """Try to serve; a Kesher that starts all the same is stopped after ten seconds."""
    return subprocess.run(
        ["timeout", "90", sys.executable, "-m", "kesher.config.command_line", "serve"],
        env={**place.variables(), "PORT": str(free_port()), "DJANGO_SETTINGS_MODULE": settings,
             **environment},
        cwd=ROOT, text=True, capture_output=True,
    )  # fmt: skip


def test_a_sound_database_passes(place):
    assert "sound" in place.kesher("check").stdout


def test_nothing_is_left_to_advise_for_an_open_address(place):
    place.environment |= {"KESHER_URL": "https://crm.example.org", "KESHER_PROXY": "127.0.0.1"}
    assert "sound" in place.kesher("check").stdout  # runs Django's advice for deployment too


def test_refuses_a_database_without_its_tables(place, places, tmp_path):
    place.environment["DATABASE_URL"] = (
        places.copies.make("bare") if places.copies else f"sqlite:///{tmp_path}/bare.sqlite3"
    )
    refused = serve(place)
    if places.copies:
        places.copies.drop("bare")
    assert refused.returncode == 1
    assert "migrations have not been applied" in refused.stderr
    assert "kesher migrate" in refused.stderr


@on_sqlite
def test_refuses_a_missing_trigger_and_migrate_puts_it_back(place):
    file = place.home / "kesher.sqlite3"
    with sqlite3.connect(file) as database:
        (name,) = database.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchone()
        database.execute(f"DROP TRIGGER {name}")
    database.close()
    refused = serve(place)
    assert refused.returncode == 1
    assert f"trigger {name} is missing" in refused.stderr
    place.kesher("migrate")
    assert "sound" in place.kesher("check").stdout


@on_sqlite
@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("o['init_command'] = o['init_command'].replace('FULL', 'NORMAL')", "synchronous=1"),
        ("o['init_command'] += 'PRAGMA mmap_size=1000000;'", "mmap_size=1000000"),
        ("o['init_command'] += 'PRAGMA foreign_keys=OFF;'", "foreign_keys=0"),
        ("o['transaction_mode'] = 'DEFERRED'", "IMMEDIATE"),
    ],
)
def test_refuses_wrong_settings_of_sqlite(place, change, complaint):
    (place.home / "spoilt.py").write_text(
        "from kesher.config.settings import *\n"
        "from kesher.config.settings import DATABASES\n"
        f"o = DATABASES['default']['OPTIONS']\n{change}\n"
    )
    refused = serve(place, "spoilt", PYTHONPATH=f"{place.home}:{ROOT}")
    assert refused.returncode == 1
    assert complaint in refused.stderr


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_refuses_a_sqlite_that_can_corrupt_its_file(version):
    (message,) = checks.sqlite_version_messages(version)
    assert message.is_serious()


def test_an_old_sqlite_is_used_only_when_somebody_insists(monkeypatch):
    monkeypatch.setenv("KESHER_ACCEPT_OLD_SQLITE", "1")
    (message,) = checks.sqlite_version_messages((3, 40, 1))
    assert not message.is_serious()


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 53, 4), (4, 0, 0)])
def test_a_mended_sqlite_passes(version):
    assert list(checks.sqlite_version_messages(version)) == []


@on_sqlite
def test_refuses_to_start_on_the_sqlite_of_an_old_system(place):
    program = (
        "import sys, sqlite3; sys.modules['pysqlite3'] = None;"
        "sqlite3.sqlite_version_info = (3, 40, 1);"
        "from kesher.config.command_line import manage; manage(['kesher', 'serve'])"
    )
    refused = subprocess.run(
        ["timeout", "90", sys.executable, "-c", program], cwd=ROOT, text=True, capture_output=True,
        env={**place.variables(), "PORT": str(free_port())},
    )  # fmt: skip
    assert refused.returncode == 1
    assert "SQLite 3.40.1 is in use" in refused.stderr


def test_refuses_an_unsafe_address_before_it_opens_the_port(place):
    refused = serve(place, KESHER_LISTEN="0.0.0.0")
    assert refused.returncode == 1
    assert "KESHER_INSECURE_HTTP=1" in refused.stderr


def test_refuses_a_port_at_which_another_kesher_answers(place):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as a server of pages does
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = serve(place, PORT=str(port))
    assert refused.returncode == 1
    assert f"PORT={port + 1}" in refused.stderr


def test_warnings_alone_do_not_stop_the_start(monkeypatch, db):
    told = []
    warning = checks.Warning("An old SQLite, knowingly.")
    monkeypatch.setattr(checks, "database_messages", lambda connection: [warning])
    checks.refuse_unsound(tell=told.append)
    assert "An old SQLite, knowingly." in told[0]


def test_an_error_stops_the_start(monkeypatch, db):
    error = checks.Error("A trigger is gone.")
    monkeypatch.setattr(checks, "database_messages", lambda connection: [error])
    with pytest.raises(CommandError):
        checks.refuse_unsound(tell=lambda said: None)


# ---- the registry behind


@pytest.fixture
def trigger(monkeypatch, transactional_db):
    """A declared trigger of our own on a table of our own."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps triggers when a column changes")
    monkeypatch.setattr(guards, "EXPECTED_TRIGGERS", dict(guards.EXPECTED_TRIGGERS))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE guarded (number int)")
    guards.expect_trigger(
        "no_negative",
        """CREATE TRIGGER no_negative BEFORE INSERT ON guarded
           WHEN new.number < 0 BEGIN SELECT RAISE(ABORT, 'negative'); END""",
    )
    yield "no_negative"
    guards.EXPECTED_TRIGGERS.pop(("sqlite", "no_negative"))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE guarded")


def test_a_declared_trigger_is_missed_until_it_is_made(trigger):
    assert guards.missing(connection) == [trigger]
    assert guards.ensure(connection) == [trigger]
    assert guards.missing(connection) == []
    assert guards.ensure(connection) == []


def test_a_trigger_that_was_changed_by_hand_is_missed_and_made_anew(trigger):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TRIGGER {trigger} BEFORE INSERT ON guarded BEGIN SELECT 1; END")
    assert guards.missing(connection) == [trigger]
    guards.ensure(connection)
    with connection.cursor() as cursor, pytest.raises(Exception, match="negative"):
        cursor.execute("INSERT INTO guarded VALUES (-1)")
