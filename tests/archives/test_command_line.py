"""The real command line: out of one Kesher, into another one that is empty, and out again."""

import json
import zipfile

import pytest

pytestmark = pytest.mark.soak

STAFF = """
from kesher.core.access import SYSTEM
from kesher.organization.commands.founding import found_business
from kesher.organization.commands.staff import add_member
from kesher.organization.models import Role
from kesher.organization.queries import actor_of
owner = found_business(
    by=SYSTEM, business="Carmel Dental", trade="clinic", name="Orly Owner",
    email="owner@clinic.test", password="a long owner's password", language="en",
)
boss = actor_of(owner)
from kesher.organization.commands.places import add_branch
first = add_branch(by=boss, name="Haifa")
for name in ("agent", "dentist"):
    add_member(by=boss, name=f"{name.title()} Cohen", email=f"{name}@clinic.test",
               role=Role.objects.get(key=name), branches=[first])
"""
FILL = """
from types import SimpleNamespace
from kesher.organization.models import Branch, Member
from tests.archives.odd import fill
branch = {one.name.lower(): one for one in Branch.objects.all()}
members = {name: Member.objects.get(email=f"{name}@clinic.test") for name in ("agent", "dentist")}
fill(SimpleNamespace(**branch, members=members))
"""
HELD = """
from tests.archives.odd import held
from kesher.core.archiving import number_of
print(repr(held(numbers=lambda row: row.reference or number_of(row.pk))))
"""


@pytest.fixture
def elsewhere(places, tmp_path):
    made = places.make("empty", tmp_path / "elsewhere")
    made.python(STAFF)
    yield made
    places.drop(made)


@pytest.fixture
def here(places, tmp_path):
    made = places.make("clinic", tmp_path / "here")
    made.python(FILL)
    yield made
    places.drop(made)


def test_out_of_one_kesher_into_another_and_out_again(here, elsewhere, tmp_path):
    here.leave()
    done = here.kesher("export", str(tmp_path / "all.zip"))
    assert "customers.csv: 25" in done.stdout
    assert here.kesher("export", str(tmp_path / "all.zip"), check=False).returncode == 1

    done = elsewhere.kesher("import", str(tmp_path / "all.zip"), "--json")

    counts = json.loads(done.stdout)
    assert list(counts) == [
        "products", "customers", "ties", "purchases", "touches", "tasks", "do-not-contact",
    ]  # fmt: skip
    for kind, each in counts.items():
        assert each["created"] > 0
        assert each["refused"] == each["doubtful"] == 0
        assert each["updated"] == (kind == "products"), kind  # the second price of one
    assert elsewhere.python(HELD) == here.python(HELD)
    elsewhere.kesher("export", str(tmp_path / "again"), "--as", "owner@clinic.test")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                assert (tmp_path / "again" / name).read_bytes() == archive.read(name), name

    done = elsewhere.kesher("import", str(tmp_path / "all.zip"), "--json")
    assert {each["created"] for each in json.loads(done.stdout).values()} == {0}
    done = elsewhere.kesher("import", str(tmp_path / "again"), "--json")
    assert {each["created"] for each in json.loads(done.stdout).values()} == {0}


def test_all_of_it_is_taken_back_by_one_word(here, elsewhere, tmp_path):
    here.kesher("export", str(tmp_path / "all.zip"))
    elsewhere.kesher("import", str(tmp_path / "all.zip"))

    done = elsewhere.kesher("import", str(tmp_path / "all.zip"), "--undo", "--json")

    undone = json.loads(done.stdout)["undone"]
    assert undone["back"] > 40
    assert undone["stayed"] == 0
    assert "'customers': []" in elsewhere.python(HELD)
    done = elsewhere.kesher("import", str(tmp_path / "all.zip"), "--undo", check=False)
    assert done.returncode == 1


def test_without_its_staff_it_says_who_is_missing(here, places, tmp_path):
    here.kesher("export", str(tmp_path / "all.zip"))
    empty = places.make("empty", tmp_path / "no staff")
    try:
        empty.python(STAFF.replace('("agent", "dentist")', "()"))
        done = empty.kesher("import", str(tmp_path / "all.zip"), check=False)
        assert done.returncode == 1
        assert "Agent Cohen, Dentist Cohen" in done.stderr
        done = empty.kesher("import", str(tmp_path / "all.zip"), "--without-unknown")
        assert "customers: created 25" in done.stdout
    finally:
        places.drop(empty)
