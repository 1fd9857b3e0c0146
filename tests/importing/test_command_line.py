import csv
import io
import json
import os

import pytest
from django.core.management import CommandError, call_command

from kesher.core.importing.models import ImportRun
from kesher.core.models import Change
from kesher.customers.models import Customer
from kesher.web.management.commands.kesher_import import Command

pytestmark = pytest.mark.django_db
ALL_ZERO = {"created": 0, "updated": 0, "unchanged": 0, "refused": 0, "doubtful": 0}


@pytest.fixture
def run(clinic, tmp_path):
    def run(content, *options, name="file.csv", status=0):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command(Command(), str(path), *options, stdout=out, stderr=err)
            ended = 0
        except SystemExit as end:
            ended = end.code
        assert ended == status, err.getvalue()
        return out.getvalue(), err.getvalue()

    return run


def test_prints_the_counts_alone_as_json(run):
    content = "number,name\n1,Dana\n2,Noa\n3,=1+1\n"

    out, err = run(content, "--kind", "customers", "--json")

    assert json.loads(out) == {
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
        "doubtful": 0,
    }
    assert list(json.loads(out)) == "created updated unchanged refused doubtful".split()
    assert "line 4: “Name” holds a formula (=1+1), not a value." in err
    out, _err = run(content.replace("Noa", "Noah"), "--kind", "customers", "--json")
    assert json.loads(out) == {
        "created": 0,
        "updated": 1,
        "unchanged": 1,
        "refused": 1,
        "doubtful": 0,
    }


def test_says_to_people_what_it_does(run):
    out, err = run("מספר לקוח;שם;צבע\n1;דנה;כחול\n".encode("windows-1255"), "--kind", "customers")

    assert out == "created 1, updated 0, unchanged 0, refused 0, doubtful 0\n"
    assert "file.csv: 1 lines in windows-1255" in err
    assert "columns: reference=מספר לקוח, name=שם" in err
    assert "not taken in: צבע" in err


def test_a_dry_run_writes_nothing(run):
    before = (Customer.objects.count(), Change.objects.count())

    out, err = run("number,name\n1,Dana\n2,=x\n", "--kind", "customers", "--dry-run", "--json")

    assert json.loads(out) == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
        "doubtful": 0,
    }
    assert "line 3:" in err
    assert (Customer.objects.count(), Change.objects.count()) == before


def test_columns_can_be_said(run):
    content = "kod,kto,tel\n9,Dana Levi,052-5551234\n"

    run(
        content,
        "--kind",
        "customers",
        "--map",
        "reference=kod",
        "--map",
        "name=2",
        "--map",
        "phone=tel",
    )

    dana = Customer.objects.get(reference="9")
    assert (dana.name, dana.phone) == ("Dana Levi", "+972525551234")


def test_matches_as_it_is_told(run, clinic):
    out, _err = run("name,phone,city\nYosef Cohen,054-7654321,Acre\n", "--kind", "customers",
                    "--match", "phone,email", "--json")  # fmt: skip

    assert json.loads(out)["updated"] == 1
    clinic.customers["yosef"].refresh_from_db()
    assert clinic.customers["yosef"].city == "Acre"


def test_without_a_word_it_goes_by_telephone_and_the_same_file_again_changes_nothing(run):
    content = "name,phone,city\nYosef Cohen,054-7654321,Acre\nDana Levi,052-1112233,Lod\n"

    out, err = run(content, "--kind", "customers", "--json")
    assert (json.loads(out)["created"], json.loads(out)["updated"]) == (1, 1)
    assert "the same customers: by phone" in err

    out, _err = run(content, "--kind", "customers", "--json")
    assert json.loads(out) == ALL_ZERO | {"unchanged": 2}


def test_matches_by_nothing_when_told_so(run):
    content = "name,phone,city\nYosef Cohen,054-7654321,Acre\n"

    out, _err = run(content, "--kind", "customers", "--match", "none", "--json")
    assert json.loads(out)["created"] == 1
    out, _err = run(content, "--kind", "customers", "--match", "none", "--json")
    assert json.loads(out)["unchanged"] == 1


def test_acts_as_a_member_in_his_language(run, clinic):
    out, _err = run(
        "number,name\n1,Dana\n", "--kind", "customers", "--as", "receptionist@clinic.test"
    )

    assert out.startswith("created 1")
    assert list(Customer.objects.get(reference="1").branches.all()) == [clinic.haifa]
    assert ImportRun.objects.get().actor == "Receptionist Cohen"


def test_may_only_do_what_the_member_may(run):
    content = "customer,date,amount\nC-100,2026-01-01,5\n"

    out, err = run(
        content, "--kind", "purchases", "--json", "--as", "receptionist@clinic.test", status=1
    )

    assert json.loads(out) == ALL_ZERO
    assert "Your role does not allow this" in err


@pytest.mark.parametrize("email", ["nobody@clinic.test", "leaver@clinic.test"])
def test_refuses_a_member_who_is_none(run, email):
    with pytest.raises(CommandError, match="Nobody who works here"):
        run("number\n1\n", "--kind", "customers", "--as", email)


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("", (), "The file is empty"),
        ("name\n", (), "The file is empty"),
        (None, (), "There is no file"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(3000), (), "no table of any form"),
        (b"PK\x03\x04" + os.urandom(300), (), "spreadsheet is damaged"),
        ("number,name,name\n1,a,b\n", (), "Two columns are called “name”"),
        ('name\n"Dana\n', (), "opens in line 2 is never closed"),
        ("a," * 1_000_000 + "\n1\n", (), "more than 1000 columns"),
        ("foo,bar\n1,2\n", (), "The headings are: foo, bar"),
        ("buyer,order date,total\n1,2026-01-01,5\n", (), "looks like a file of purchases"),
        ("name\nDana\n", ("--map", "shoes=name"), "no field “shoes”"),
        ("name\nDana\n", ("--map", "city=town"), "no column “town”"),
        ("name\nDana\n", ("--match", "shoes"), "cannot be matched by “shoes”"),
        ("name\nDana\n", ("--encoding", "klingon"), "no encoding “klingon”"),
    ],
)  # fmt: skip
def test_refuses_a_whole_file_clearly_and_does_nothing(run, content, options, words):
    before = (Customer.objects.count(), Change.objects.count())

    out, err = run(content, "--kind", "customers", "--json", *options, status=1)

    assert json.loads(out) == ALL_ZERO
    assert words in err
    assert "Traceback" not in err
    assert (Customer.objects.count(), Change.objects.count()) == before
    assert not ImportRun.objects.exists()


def test_refuses_options_it_cannot_read(run):
    with pytest.raises(CommandError, match="FIELD=COLUMN"):
        run("name\nDana\n", "--kind", "customers", "--map", "name")
    with pytest.raises(CommandError, match="no branch called Atlantis"):
        run("name\nDana\n", "--kind", "customers", "--branch", "Atlantis")


@pytest.mark.parametrize(
    "name",
    ["\u202egnp.csv", "<b>x</b>.csv".replace("/", "_"), "a\nb.csv", os.fsdecode(b"\xff\xfe.csv"),
     "=1+1.csv", "x" * 251 + ".csv"],
)  # fmt: skip
def test_hostile_file_names_do_no_harm(run, name):
    out, err = run("number,name\n1,Dana\n", "--kind", "customers", "--json", name=name)

    assert json.loads(out)["created"] == 1
    assert err.encode()
    assert ImportRun.objects.get().file_name.isprintable()


def test_refused_lines_can_be_corrected_and_taken_in_again(run, tmp_path):
    refused = tmp_path / "refused.csv"
    run("number;name\n1;Dana\n2;=Noa()\n", "--kind", "customers", "--refused", str(refused))
    rows = list(csv.reader(refused.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows == [["number", "name"], ["2", "'=Noa()"]]

    out, _err = run("number;name\n2;Noa\n", "--kind", "customers", "--json")

    assert json.loads(out)["created"] == 1
    assert Customer.objects.get(reference="2").name == "Noa"


def test_lines_without_a_branch_go_where_it_is_said(run, clinic):
    run("number,name\n1,Dana\n", "--kind", "customers", "--branch", "eilat")

    assert list(Customer.objects.get(reference="1").branches.all()) == [clinic.eilat]
