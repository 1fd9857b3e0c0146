"""What every test starts from. The cast is in `people.py`; the real server in `running.py`."""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import translation

from kesher.config.garbage import sweep_rarely
from kesher.core.own.catalogue import forget
from kesher.organization.held import forget_rights
from tests.people import Clinic, open_clinic
from tests.running import Place, Places, Server
from tests.snapshot import Snapshot


def pytest_collection_finish() -> None:
    """The tests are loaded and stay; to look through them for garbage is a twentieth of a run."""
    sweep_rarely()


@pytest.fixture(scope="session")
def django_db_setup(places, tmp_path_factory, django_test_environment) -> Iterator[None]:
    """The database of this process: a copy of the one that is migrated once a run."""
    place = places.make("empty", tmp_path_factory.mktemp("database"))
    connection.settings_dict["NAME"] = place.database
    yield
    connection.close()
    places.drop(place)


@pytest.fixture(autouse=True)
def in_english():
    """What one test leaves active must not speak in the next."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def without_own_fields():
    """Fields that one test made are gone with its database."""
    yield
    forget()


@pytest.fixture
def forgotten_attempts(db):
    """Counts of failed sign-ins begin anew."""
    cache.clear()


@pytest.fixture(scope="session")
def opened_once() -> dict:
    """The cast as it was when first it came, and its rows."""
    return {}


@pytest.fixture
def clinic(db, opened_once) -> Clinic:
    """The cast, in a database of this test."""
    if opened_once:
        opened_once["rows"].put_back()
        forget_rights()  # as founding a business does
    else:
        rows = Snapshot()
        opened_once["clinic"] = open_clinic()
        rows.take()
        opened_once["rows"] = rows
    return copy.deepcopy(opened_once["clinic"])


@pytest.fixture
def as_member(clinic):
    """A browser signed in as one of the cast."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(clinic.members[name])
        return client

    return sign_in


@pytest.fixture(scope="session")
def places(tmp_path_factory) -> Places:
    """Homes with a prepared database, for what runs in processes of its own."""
    folder: Path = tmp_path_factory.getbasetemp()
    # Workers of one run have a folder each, side by side; what they share lies above.
    shared = folder.parent if folder.name.startswith("popen-") else folder
    return Places(shared)


@pytest.fixture
def place(places, tmp_path) -> Iterator[Place]:
    """A home whose database is migrated and holds nothing."""
    made = places.make("empty", tmp_path / "home")
    yield made
    places.drop(made)


@pytest.fixture(scope="module")
def shared_server(places, tmp_path_factory) -> Iterator[Server]:
    """A whole Kesher serving the clinic of `people.py`, to the tests of one file."""
    server = Server(places.make("clinic", tmp_path_factory.mktemp("clinic")))
    server.start()
    yield server
    server.stop()
    places.drop(server.place)


@pytest.fixture
def clinic_server(places, tmp_path) -> Iterator[Server]:
    """A whole Kesher serving the clinic of `people.py`, for this test alone."""
    server = Server(places.make("clinic", tmp_path / "home"))
    server.start()
    yield server
    server.stop()
    places.drop(server.place)
