"""Everything goes out and comes back into an empty Kesher: equal in content, the files in bytes."""

import io
import os
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import translation
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from kesher.billing.models import Purchase
from kesher.catalog.models import Product
from kesher.core.access import SYSTEM, AccessDenied, Scope
from kesher.core.archiving import number_of
from kesher.core.importing.models import ImportRun
from kesher.core.importing.reasons import reason_of
from kesher.core.jobs import start_job, working
from kesher.core.refusal import Refusal
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.models import Customer
from kesher.customers.points import Address
from kesher.engagement.models import DoNotContact, Task, Touch
from kesher.organization.models import Branch, Business
from kesher.surface.archives.bringing import (
    ArchiveBroken,
    ArchiveUnknown,
    OtherBooks,
    StaffMissing,
    bring_archive,
    open_archive,
    take_archive_back,
)
from kesher.surface.archives.writing import count_everything, write_archive
from tests.archives.odd import fill, held

pytestmark = pytest.mark.django_db
ELSEWHERE = override_settings(SECRET_KEY="of another Kesher")


def everything(path, by=SYSTEM, **more):
    job = start_job(by=by, name="export", total=count_everything(by))
    return write_archive(by=by, path=path, with_sheets=False, job=job, **more)


def bring(path, by=SYSTEM):
    runs = open_archive(by=by, path=path, name=path.name)
    bring_archive(by=by, runs=runs)
    left = {
        (run.kind, line.number): reason_of(line) for run in runs for line in run.refused_lines.all()
    }
    return runs, left


def emptied():
    for model in (Purchase, Touch, Task, Customer, Product, DoNotContact):
        model.objects.all().delete()


def files(path):
    return {one.name: one.read_bytes() for one in path.iterdir() if one.suffix == ".csv"}


def test_what_goes_out_comes_back_equal(clinic, tmp_path):
    fill(clinic)
    before = held(numbers=lambda row: row.reference or number_of(row.pk))
    made = everything(tmp_path / "first")
    assert [line for line in made.left if "another form" in line[0]] == [], made.left
    emptied()

    with ELSEWHERE:
        _runs, left = bring(tmp_path / "first")
        again = everything(tmp_path / "second")

        assert left == {}
        after = held(numbers=lambda row: row.reference)
        for kind in before:
            assert after[kind] == before[kind], kind
        assert files(tmp_path / "second") == files(tmp_path / "first")
        assert [one.sums for one in again.files] == [one.sums for one in made.files]


def test_brought_into_where_it_came_from_it_changes_nothing(clinic, tmp_path):
    fill(clinic)
    before = held(numbers=lambda row: row.pk)
    everything(tmp_path / "all.zip")

    runs, left = bring(tmp_path / "all.zip")

    assert left == {}
    assert all(set(run.counts) - {"unchanged"} and run.counts["created"] == 0 for run in runs)
    assert sum(run.counts["updated"] for run in runs) == 0
    assert held(numbers=lambda row: row.pk) == before


def test_twice_elsewhere_is_once_and_all_of_it_is_taken_back(clinic, tmp_path):
    fill(clinic)
    everything(tmp_path / "all.zip")
    emptied()

    with ELSEWHERE:
        bring(tmp_path / "all.zip")
        once = held(numbers=lambda row: row.reference)
        runs, left = bring(tmp_path / "all.zip")
        assert left == {}
        assert held(numbers=lambda row: row.reference) == once
        assert {run.counts["created"] for run in runs} == {0}

        first = list(type(runs[0]).objects.order_by("pk"))[: len(runs)]
        undone = take_archive_back(by=SYSTEM, runs=first)

        assert undone.stayed == []
        assert not any(held(numbers=lambda row: row.reference).values())
        with pytest.raises(Refusal, match="taken back already"):
            take_archive_back(by=SYSTEM, runs=first)


def test_what_was_cut_off_goes_on(clinic, tmp_path, monkeypatch):
    fill(clinic)
    everything(tmp_path / "all.zip")
    emptied()
    with ELSEWHERE:
        runs = open_archive(by=SYSTEM, path=tmp_path / "all.zip", name="all.zip")
        with monkeypatch.context() as patch:
            patch.setattr(Touch.objects, "bulk_create", lambda *_args, **_more: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                bring_archive(by=SYSTEM, runs=runs)
        assert not Touch.objects.exists()
        assert Purchase.objects.exists()

        again, left = bring(tmp_path / "all.zip")

        assert [run.pk for run in again] == [run.pk for run in runs]
        assert left == {}
        everything(tmp_path / "second")
    everything_once = files(tmp_path / "second")
    assert everything_once["touches.csv"].count(b"=2+2") == 2


def test_an_archive_that_was_changed_is_refused_before_anything_is_taken_in(clinic, tmp_path):
    fill(clinic)
    everything(tmp_path / "all")
    with (tmp_path / "all" / "ties.csv").open("ab") as file:
        file.write(b"1,2,spouse,,,\r\n")

    with pytest.raises(ArchiveBroken, match=r"ties\.csv"):
        open_archive(by=SYSTEM, path=tmp_path / "all", name="all")
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b'{"form": 1, "files": 3}', b"\xff\xfe", b'{"form": 2}', b'[' * 3000,
     b'{"form": 1, "business": "", "country": "IL", "currency": "ILS", "made_at": "", "files": '
     b'[{"name": "../../etc/passwd", "kind": "customers", "label": "", "rows": 1, "size": 1, '
     b'"sha256": ""}]}'],
)  # fmt: skip
def test_what_is_no_archive_is_refused(clinic, tmp_path, content):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("manifest.json", content)

    with pytest.raises(ArchiveUnknown):
        open_archive(by=SYSTEM, path=tmp_path / "all.zip", name="all.zip")


def test_staff_and_books_must_fit_and_branches_are_opened(clinic, tmp_path):
    fill(clinic)
    everything(tmp_path / "all")
    emptied()
    agent = clinic.members["agent"]
    type(agent).objects.filter(pk=agent.pk).update(name="Another Name")
    Branch.objects.filter(pk=clinic.eilat.pk).update(name="Elsewhere")

    with ELSEWHERE:
        with pytest.raises(StaffMissing, match="Agent Cohen"):
            open_archive(by=SYSTEM, path=tmp_path / "all", name="all")
        runs = open_archive(by=SYSTEM, path=tmp_path / "all", name="all", without_unknown=True)
        bring_archive(by=SYSTEM, runs=runs)

        assert [run.counts["refused"] for run in runs] == [0] * len(runs)
        assert Branch.objects.filter(name="Eilat").count() == 1
        assert not Customer.objects.exclude(owner=None).exists() or set(
            Customer.objects.exclude(owner=None).values_list("owner__name", flat=True)
        ) == {"Dentist Cohen"}

    Business.objects.update(currency="EUR")
    with pytest.raises(OtherBooks, match="EUR"):
        open_archive(by=clinic.actor("owner"), path=tmp_path / "all", name="all")


def test_only_who_runs_the_business_takes_everything_out(clinic, tmp_path):
    for name in ("manager", "receptionist", "dentist", "agent"):
        with pytest.raises(AccessDenied):
            count_everything(clinic.actor(name))
        with pytest.raises(AccessDenied):
            write_archive(by=clinic.actor(name), path=tmp_path / "no", with_sheets=False, job=None)
    assert not list(tmp_path.iterdir())
    everything(tmp_path / "yes", by=clinic.actor("owner"))


def test_what_the_maker_may_not_read_is_missing_and_said_to_be(clinic, tmp_path):
    fill(clinic)
    owner = clinic.actor("owner")
    blind = replace(
        owner, clearances=frozenset({"open"}),
        grants={**owner.grants, ("customers.customer", "export"): Scope.BRANCH},
        branches=frozenset({clinic.haifa.pk}),
    )  # fmt: skip

    made = everything(tmp_path / "some", by=blind)

    said = "\n".join(made.missing)
    for words in ("purchases", "Telephone", "Good to know", "Birthday", "outside your branches"):
        assert words in said
    assert not (tmp_path / "some" / "purchases.csv").exists()
    text = b"".join(files(tmp_path / "some").values()).decode()
    assert "Many" not in text or "052" not in text
    assert "health" not in text
    assert "Ελένη,Μάρκου" not in text  # of Eilat alone


def test_spreadsheets_lie_beside_and_a_readme_in_the_readers_language(clinic, tmp_path):
    fill(clinic)
    job = start_job(by=SYSTEM, name="export", total=count_everything(SYSTEM))
    with translation.override("he"):
        write_archive(by=SYSTEM, path=tmp_path / "all.zip", with_sheets=True, job=job)

    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        names = archive.namelist()
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read("purchases.xlsx"))).active
        readme = archive.read("README.txt").decode("utf-8-sig")
    assert {"customers.csv", "customers.xlsx", "manifest.json", "README.txt"} <= set(names)
    assert sheet.max_row == 7
    assert "customers.csv" in readme
    assert job.done == job.total
    emptied()
    with ELSEWHERE:
        _runs, left = bring(tmp_path / "all.zip")
    assert left == {}


def test_a_cancelled_export_leaves_nothing_behind(clinic, tmp_path):
    fill(clinic)
    job = start_job(by=SYSTEM, name="export", total=count_everything(SYSTEM))
    job.ask_to_cancel()
    with working(job):
        write_archive(by=SYSTEM, path=tmp_path / "all.zip", with_sheets=False, job=job)

    assert job.state == "cancelled"
    assert not list(tmp_path.iterdir())


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",)) | st.sampled_from(list("=+-@'\";,|/ \n\t")),
    max_size=20,
)  # fmt: skip


@settings(
    max_examples=int(os.environ.get("EXAMPLES", "20")), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    people=st.lists(
        st.tuples(TEXT, TEXT, TEXT, st.lists(TEXT, max_size=3), st.lists(TEXT, max_size=2), TEXT),
        min_size=1, max_size=4,
    )
)  # fmt: skip
@example(people=[("", "0", "", [], [], "\U0001f3fb")])  # a street of which nothing is compared
def test_whatever_people_are_called_they_come_back(clinic, tmp_path_factory, people):
    folder = tmp_path_factory.mktemp("any")
    with transaction.atomic():
        added = 0
        for first, last, about, tags, phones, street in people:
            try:
                with transaction.atomic():
                    add_customers(by=SYSTEM, customers=[NewCustomer(
                        first_name=first, last_name=last, about=about, tags=tags, phones=phones,
                        addresses=[Address(street=street, raw=last)] if street.strip() else [],
                    )])  # fmt: skip
                added += 1
            except Refusal:
                continue
        before = held(numbers=lambda row: row.reference or number_of(row.pk))
        made = everything(folder / "first")
        doubted = [line for line in made.left if "another form" in line[0]]
        emptied()
        with ELSEWHERE:
            _runs, left = bring(folder / "first")
            after = held(numbers=lambda row: row.reference)
            if not doubted:  # what is not exact was said not to be
                assert left == {}
                assert after == before
                everything(folder / "second")
                assert files(folder / "second") == files(folder / "first")
        event("all exact" if not doubted else "some said to be otherwise")
        transaction.set_rollback(True)
