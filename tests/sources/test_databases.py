"""A table of another database as a source: PostgreSQL and SQLite, only ever read."""

import socket
import sqlite3
import subprocess

import psycopg
import pytest
from django.conf import settings as ours

from kesher.core.feeds import fetching, tables
from kesher.core.feeds.models import Feed
from kesher.core.feeds.refusals import (
    DatabaseUnknown,
    FolderMissing,
    FolderRefused,
    HostRefused,
    NoFolders,
    NotASelect,
    OwnDatabase,
    PortRefused,
)
from kesher.customers.models import Customer
from tests.postgres import Cluster

pytestmark = pytest.mark.django_db
ROWS = [(1, "Dana Levi", "Acre", "1980-02-01"), (2, "נועה שלו", None, None)]


def customer(number):
    return Customer.objects.get(reference=str(number))


@pytest.fixture(scope="module")
def cluster():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Cluster(listen_addresses="127.0.0.1", port=str(port))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PGPORT", str(port))  # by which its own tools find the socket
        made.start()
    made.port = port
    hba = made.folder / "data/pg_hba.conf"
    hba.write_text(f"host all reader 127.0.0.1/32 scram-sha-256\n{hba.read_text()}")
    with psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="kesher",
                         autocommit=True) as asked:  # fmt: skip
        asked.execute("SELECT pg_reload_conf()")
        asked.execute("CREATE ROLE reader LOGIN PASSWORD 'SESAME open'")
        asked.execute("CREATE DATABASE shop OWNER reader")
    yield made
    made.stop()


@pytest.fixture
def server(cluster, settings):
    settings.KESHER_SOURCE_HOSTS = [f"127.0.0.1:{cluster.port}"]
    with psycopg.connect(host="127.0.0.1", port=cluster.port, user="postgres", dbname="shop",
                         autocommit=True) as asked:  # fmt: skip
        asked.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION reader")
        asked.execute("SET ROLE reader")
        asked.execute("CREATE TABLE clients (number int, name text, city text, birthday date)")
        for row in ROWS:
            asked.execute("INSERT INTO clients VALUES (%s, %s, %s, %s)", row)
        yield asked


@pytest.fixture
def address(cluster):
    return f"postgresql://reader@127.0.0.1:{cluster.port}/shop"


@pytest.fixture
def file(folder):
    with sqlite3.connect(folder / "shop.db") as made:
        made.execute("CREATE TABLE clients (number int, name text, city text, birthday date)")
        made.executemany("INSERT INTO clients VALUES (?, ?, ?, ?)", ROWS)
    return made


def test_a_table_of_postgresql(sources, server, address):
    feed = sources.connect("database", secret="SESAME open", address=address, table="clients")
    sources.begun(feed)
    assert (customer(1).city, str(customer(1).birth_on)) == ("Acre", "1980-02-01")
    assert customer(2).name == "נועה שלו"

    server.execute("UPDATE clients SET city = 'Eilat' WHERE number = 1")
    feed = sources.go(feed)
    assert (feed.error, customer(1).city) == ("", "Eilat")
    heard = feed.spoke_at
    assert sources.go(feed).spoke_at == heard


def test_a_table_of_sqlite(sources, file, folder):
    feed = sources.connect("database", address="sqlite:shop.db", table="clients")
    sources.begun(feed)
    with file:
        file.execute("UPDATE clients SET city = 'Eilat' WHERE number = 1")
    feed = sources.go(feed)

    assert (feed.error, customer(1).city) == ("", "Eilat")


def test_a_select_of_ones_own(sources, server, address, file):
    query = 'SELECT number AS "Customer number", upper(name) AS name FROM clients ORDER BY 1'
    for name, where in (("pg", address), ("lite", "sqlite:shop.db")):
        feed = sources.connect("database", name=name, secret="SESAME open", address=where,
                               table=query)  # fmt: skip
        assert sources.go(feed).error == ""
    sources.begun(feed)
    assert customer(1).name == "DANA LEVI"


WRITES = [
    "INSERT INTO clients VALUES (9)", "DELETE FROM (clients)", "DROP TABLE 'clients'",
    "SELECT 1; DROP TABLE clients", "SELECT 1; COMMIT; DROP TABLE clients", "COPY clients TO '/x'",
    "PRAGMA journal_mode=DELETE", "ATTACH 'x.db' AS x", "clients; DROP TABLE clients",
    'clients" UNION SELECT 1 --', "", "VACUUM INTO 'x.db'", "SELECT 1\x00",
]  # fmt: skip


@pytest.mark.parametrize("table", WRITES)
def test_nothing_but_a_select_is_asked(sources, file, table):
    with pytest.raises(NotASelect):
        sources.connect("database", address="sqlite:shop.db", table=table)


@pytest.mark.parametrize(
    "query",
    ["WITH gone AS (DELETE FROM clients RETURNING *) SELECT * FROM gone",
     "SELECT set_config('transaction_read_only', 'off', false), nextval('counter')",
     "SELECT * INTO other FROM clients"],
)  # fmt: skip
def test_a_select_that_writes_writes_nothing(sources, server, address, query):
    server.execute("CREATE SEQUENCE counter")
    feed = sources.connect("database", secret="SESAME open", address=address, table=query)

    assert "The database refuses" in sources.go(feed).error
    assert server.execute("SELECT count(*) FROM clients").fetchone() == (2,)
    assert server.execute("SELECT to_regclass('other')").fetchone() == (None,)


@pytest.mark.parametrize(
    "query",
    ["SELECT load_extension('x')", "WITH x AS (SELECT 1) DELETE FROM clients",
     "WITH x AS (SELECT 1) INSERT INTO clients SELECT 9,9,9,9", "SELECT * FROM nowhere",
     "SELECT * FROM pragma_table_list", "DELETE FROM clients --", "DROP TABLE clients"],
)  # fmt: skip
def test_of_a_file_only_tables_are_read(sources, file, query):
    feed = sources.connect("database", address="sqlite:shop.db", table=query)

    assert "The database refuses" in sources.go(feed).error
    assert file.execute("SELECT count(*) FROM clients").fetchone() == (2,)


def test_what_the_database_says_is_told_without_the_password(
    sources, server, address, caplog, as_member
):  # fmt: skip
    feed = sources.connect("database", secret="SESAME open", address=address, table="nowhere")
    assert "does not exist" in sources.go(feed).error
    wrong = sources.connect("database", name="wrong", secret="SESAME shut", address=address,
                            table="clients")  # fmt: skip
    wrong = sources.go(wrong)
    assert "password authentication failed" in wrong.error

    pages = "".join(
        as_member("owner").get(f"/import/sources/{one.pk}/").content.decode()
        for one in (feed, wrong)
    )
    for told in (pages, caplog.text, str(Feed.objects.values()), wrong.error):
        assert "SESAME" not in told


def test_a_password_in_the_address_is_taken_out_of_it(sources, server, cluster):
    feed = sources.connect(
        "database", address=f"postgresql://reader:SESAME%20open@127.0.0.1:{cluster.port}/shop",
        table="clients",
    )  # fmt: skip

    assert feed.place["address"] == f"postgresql://reader@127.0.0.1:{cluster.port}/shop"
    assert sources.go(feed).error == ""


def test_the_password_stands_in_no_list_of_processes(sources, server, address, monkeypatch):
    asked = []
    real = subprocess.run

    def watched(words, **more):
        asked.append((words, more.get("env")))
        return real(words, **more)

    monkeypatch.setattr(tables.subprocess, "run", watched)
    sources.go(sources.connect("database", secret="SESAME open", address=address, table="clients"))

    assert asked and "SESAME" not in str(asked)


@pytest.mark.parametrize(
    ("where", "refusal"),
    [("postgresql://u@10.0.0.1/x", HostRefused), ("postgresql://u@localhost/x", HostRefused),
     ("postgresql://u@[::1]/x", HostRefused), ("postgresql://u@2130706433/x", HostRefused),
     ("postgresql://u@93.184.216.34:22/x", PortRefused), ("postgresql:///x", DatabaseUnknown),
     ("postgresql://u@93.184.216.34/x?host=10.0.0.1", DatabaseUnknown),
     ("postgresql://u@93.184.216.34/x?hostaddr=10.0.0.1", DatabaseUnknown),
     ("postgresql://u@93.184.216.34/x?options=-c", DatabaseUnknown),
     ("postgresql://u@93.184.216.34/x?service=other", DatabaseUnknown),
     ("postgresql://u@93.184.216.34/", DatabaseUnknown), ("mysql://u@host/x", DatabaseUnknown),
     ("/var/run/postgresql", DatabaseUnknown), ("host=10.0.0.1 dbname=x", DatabaseUnknown)],
)  # fmt: skip
def test_only_servers_that_may_be_visited(sources, where, refusal):
    with pytest.raises(refusal):
        sources.connect("database", address=where, table="clients")


@pytest.mark.parametrize(
    ("where", "refusal"),
    [("sqlite:../shop.db", FolderRefused), ("sqlite:/etc/passwd", FolderRefused),
     ("sqlite:///etc/passwd", FolderRefused), ("sqlite:link.db", FolderRefused),
     ("sqlite:nowhere.db", FolderMissing), ("sqlite::memory:", FolderMissing),
     ("sqlite:", FolderMissing), ("sqlite:shop.db?mode=rwc", FolderMissing)],
)  # fmt: skip
def test_only_files_of_open_folders(sources, file, folder, tmp_path, where, refusal):
    (tmp_path / "outside.db").write_bytes(b"")
    (folder / "link.db").symlink_to(tmp_path / "outside.db")

    with pytest.raises(refusal):
        sources.connect("database", address=where, table="clients")


def test_without_open_folders_there_are_no_files(sources, settings):
    settings.KESHER_SOURCE_FOLDERS = []
    with pytest.raises(NoFolders):
        sources.connect("database", address="sqlite:x.db", table="clients")


def test_kesher_is_no_source_of_itself(sources, server, address, folder, settings, tmp_path):
    with sqlite3.connect(folder / "copy.db") as copy:
        copy.execute("CREATE TABLE core_importrun (name text)")
    server.execute("CREATE TABLE core_importrun (name text)")
    for name, where in (("copy", "sqlite:copy.db"), ("pg", address)):
        feed = sources.connect("database", name=name, secret="SESAME open", address=where,
                               table="core_importrun")  # fmt: skip
        assert "database of Kesher itself" in sources.go(feed).error

    (tmp_path / "own.sqlite3").write_bytes(b"")
    (folder / "hard.db").hardlink_to(tmp_path / "own.sqlite3")
    changed = {**ours.DATABASES["default"], "NAME": tmp_path / "own.sqlite3",
               "ENGINE": "django.db.backends.sqlite3"}  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(ours.DATABASES, "default", changed)
        with pytest.raises(OwnDatabase):
            sources.connect("database", name="x", address="sqlite:hard.db", table="t")


@pytest.mark.parametrize("kind", ["server", "file"])
def test_endless_rows_are_stopped(sources, server, address, file, monkeypatch, kind, tmp_path):
    monkeypatch.setattr(fetching, "MOST_BYTES", 100_000)
    endless = (
        "WITH RECURSIVE n(name) AS (SELECT 1 UNION ALL SELECT name + 1 FROM n) SELECT name FROM n"
    )
    rows = "SELECT i AS name FROM generate_series(1, 1000000) AS i"
    feed = sources.connect(
        "database", secret="SESAME open", address=address if kind == "server" else "sqlite:shop.db",
        table=rows if kind == "server" else endless,
    )  # fmt: skip
    feed = sources.go(feed)

    assert "sends more than" in feed.error
    assert list((tmp_path / "kept/imports").iterdir()) == []


def test_a_query_that_never_ends_is_given_up(sources, server, address):
    waiting = fetching.patience.set(1)
    feed = sources.connect("database", secret="SESAME open", address=address,
                           table="SELECT pg_sleep(60) AS name")  # fmt: skip
    feed = sources.go(feed)
    fetching.patience.reset(waiting)

    assert "took longer than 1 seconds" in feed.error or "timeout" in feed.error


def test_a_row_of_gigabytes_does_no_harm(sources, file):
    feed = sources.connect("database", address="sqlite:shop.db",
                           table="SELECT zeroblob(900000000) || hex(zeroblob(400000000)) AS name")  # fmt: skip

    assert sources.go(feed).error


def test_an_empty_table_is_said_to_be_empty(sources, file):
    with file:
        file.execute("DELETE FROM clients")
    feed = sources.connect("database", address="sqlite:shop.db", table="clients")

    assert "The table is empty" in sources.go(feed).error


def test_what_is_no_database_is_refused(sources, folder):
    (folder / "list.csv").write_text("number,name\n1,Dana\n" * 100)
    feed = sources.connect("database", address="sqlite:list.csv", table="clients")

    assert "The database refuses" in sources.go(feed).error
