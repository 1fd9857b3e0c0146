"""A list as a file or on paper: all that matches, of what the reader may read and take away."""

import csv
import datetime
import io

import openpyxl
import pytest
from django_tasks_db.models import DBTaskResult

from kesher.core.access import SYSTEM
from kesher.core.models import Job
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.models import Customer
from tests.web.lists.conftest import HX


@pytest.fixture
def exported(as_member):
    def export(who, ending="csv", state="", name="customers"):
        address = {"customers": "/customers/", "tasks": "/tasks/"}[name]
        return as_member(who).post(f"{address}export/", {"format": ending, "in": state})

    return export


def lines(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_a_csv_begins_with_its_mark_and_holds_the_columns_in_their_order(clinic, exported):
    answer = exported("manager", state="cols=name,city,phone&sort=name")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer["Content-Disposition"].startswith("attachment; filename")
    head, *rows = lines(answer)
    assert head == ["Name", "City", "Telephone"]
    assert [row[0] for row in rows] == ["Orchard Toys Ltd", "יוסף כהן", "נועה שלו"]
    assert rows[2] == ["נועה שלו", "חיפה", "'+972526473190"]  # it must not run as a formula


def test_a_file_holds_only_what_matches(clinic, exported):
    answer = exported("manager", state="kind=organisation&cols=name")
    assert lines(answer) == [["Name"], ["Orchard Toys Ltd"]]


def test_a_sheet_holds_days_as_days(clinic, exported):
    Customer.objects.filter(name="נועה שלו").update(birth_on="1980-02-01")
    answer = exported("manager", "xlsx", "cols=name,birth_on&q=noa")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    name, born = (cell.value for cell in sheet[2])
    assert (name, born) == ("נועה שלו", datetime.datetime(1980, 2, 1))


def test_what_one_may_not_read_is_not_in_the_file(clinic, exported):
    answer = exported("manager", state="cols=name,about,bought")
    assert lines(answer)[0] == ["Name", "Good to know", "Bought in all", "Bought in all, currency"]
    assert exported("receptionist").status_code == 403


def test_all_that_matches_is_printed(clinic, as_member):
    new = [NewCustomer(name=f"Visitor {at}", branches=[clinic.haifa]) for at in range(70)]
    add_customers(by=SYSTEM, customers=new)
    page = as_member("manager").post("/customers/export/", {"format": "paper", "in": "sort=name"})
    assert page.status_code == 200
    assert page.text.count("Visitor ") == 70
    assert "Ελένη" not in page.text  # of the other branch
    assert "data-print" in page.text
    assert "data-live" not in page.text.partition("<table")[2]


def test_whoever_may_not_export_prints_no_list(clinic, as_member):
    answer = as_member("receptionist").post("/customers/export/", {"format": "paper", "in": ""})
    assert answer.status_code == 403
    assert "export-menu" not in as_member("receptionist").get("/customers/").text


def test_a_large_file_is_written_by_a_job_for_its_reader_alone(clinic, as_member, monkeypatch):
    monkeypatch.setattr("kesher.web.lists.files.AT_ONCE", 2)
    desk = as_member("manager")
    asked = {"format": "csv", "in": "cols=name"}
    begun = desk.post("/customers/export/", asked, headers=HX)
    assert begun["HX-Retarget"] == "#list-work"
    held = DBTaskResult.objects.get()
    held.task.call(*held.args_kwargs["args"], **held.args_kwargs["kwargs"])

    address = f"/lists/files/{Job.objects.get(name='export').key}/"
    file = b"".join(desk.get(address).streaming_content).decode("utf-8-sig")
    assert file.split() == "Name Orchard Toys Ltd יוסף כהן נועה שלו".split()
    assert as_member("owner").get(address).status_code == 404


def test_a_filter_that_means_nothing_makes_no_file(clinic, exported):
    assert exported("manager", state="colour=blue").status_code == 400


def test_a_format_that_does_not_exist_is_no_page(clinic, exported):
    assert exported("manager", "exe").status_code == 404
