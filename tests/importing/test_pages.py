"""The page as a member uses it: five actions from a file to its report, without scripts too."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.importing.keeping import forget_old_files, keep_upload
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import file_of, job_of
from kesher.core.models import Job
from kesher.customers.commands.changing import change_customer
from kesher.customers.models import Customer
from kesher.organization.models import Grant
from kesher.web.importing import work

pytestmark = pytest.mark.django_db
FILE = "number,name,colour\n1,Dana <b>Levi</b>,red\n2,=1+1,blue\n"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "imports"


@pytest.fixture
def browse(as_member):
    return as_member


@pytest.fixture
def bring(browse):
    """Hand a file in as a member; the page that answers."""

    def bring(content=FILE, name="people.csv", member="owner", browser=None):
        browser = browser or browse(member)
        content = content if isinstance(content, bytes) else content.encode()
        handed_in = SimpleUploadedFile(name, content, content_type="text/csv")
        return browser, browser.post(reverse("import"), {"file": handed_in}, follow=True)

    return bring


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_from_a_file_to_its_report(bring):
    browser, page = bring()
    run = ImportRun.objects.get()

    assert page.redirect_chain == [(reverse("import-file", args=[run.pk]), 302)]
    shown = text_of(page)
    for words in (
        "2 lines · customers · UTF-8",
        "Import 1 line",
        "holds a formula",
        "2 of 3 recognised",
    ):
        assert words in shown
    assert "Dana &lt;b&gt;Levi&lt;/b&gt;" in page.content.decode()
    assert not Customer.objects.filter(reference="1").exists()

    report = browser.post(reverse("import-start", args=[run.pk]), follow=True)

    assert Customer.objects.get(reference="1").name == "Dana <b>Levi</b>"
    assert "Imported" in text_of(report)
    assert "holds a formula (=1+1)" in text_of(report)
    refused = browser.get(reverse("import-refused", args=[run.pk]))
    assert b"".join(refused.streaming_content).decode("utf-8-sig") == (
        "number,name,colour\r\n2,'=1+1,blue\r\n"
    )
    assert refused["Content-Disposition"].startswith("attachment; filename")

    undone = browser.post(reverse("import-undoing", args=[run.pk]), follow=True)

    assert "All of it was taken back." in text_of(undone)
    assert Customer.objects.get(reference="1").binned_at


def test_the_report_of_an_undo_names_what_stays(bring, clinic):
    for city in ("Haifa", "Eilat"):
        browser, _page = bring(f"number,name,city\n1,Dana Levi,{city}\n")
        run = ImportRun.objects.latest("pk")
        browser.post(reverse("import-start", args=[run.pk]))
    dana = Customer.objects.get(reference="1")
    change_customer(by=SYSTEM, customer=dana, values={"city": "Acre"})

    report = text_of(browser.post(reverse("import-undoing", args=[run.pk]), follow=True))

    assert "Dana Levi · City: Acre (before: Haifa)" in report
    assert "changed by" in report


def test_purchases_are_told_by_their_headings(bring):
    _browser, page = bring("customer,date,amount\nC-100,2026-01-01,5\n")

    assert "1 line · purchases" in text_of(page)


def test_another_kind_can_be_chosen(bring):
    browser, _page = bring("customer,date,amount\nC-100,2026-01-01,5\n")
    run = ImportRun.objects.get()

    page = browser.post(
        reverse("import-columns", args=[run.pk]), {"kind": "customers"}, follow=True
    )

    assert "1 line · customers" in text_of(page)


def test_columns_are_chosen_and_looked_through_anew(bring):
    browser, page = bring("foo,bar,town\nDana,7,Acre\n")
    run = ImportRun.objects.get()
    assert "No column was recognised for" in text_of(page)
    assert 'value="city" selected' in page.content.decode()

    page = browser.post(
        reverse("import-columns", args=[run.pk]),
        {"kind": "customers", "column-0": "name", "column-1": "reference", "column-2": "",
         "match": ["phone"]},
        follow=True,
    )  # fmt: skip

    assert "Import 1 line" in text_of(page)
    run.refresh_from_db()
    assert (run.columns, run.match) == ({"name": [0], "reference": [1]}, ["phone"])


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"column-0": "name", "column-1": "name"}, "can be taken from one column only"),
        ({"column-0": "password"}, "no field “password”"),
        ({"column-2": "city"}, "No column was recognised"),
        ({"column-0": "name", "match": "shoes"}, "cannot be matched by"),
    ],
)
def test_refuses_columns_that_cannot_be(bring, columns, words):
    browser, _page = bring("foo,bar,town\nDana,7,Acre\n")
    run = ImportRun.objects.get()

    answer = browser.post(
        reverse("import-columns", args=[run.pk]), {"kind": "customers", **columns}
    )

    assert answer.status_code == 422
    assert words in text_of(answer)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"name\n", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "no table of any form"),
        (b"PK\x03\x04" + bytes(500), "spreadsheet is damaged"),
        (b'name\n"Dana\n', "is never closed"),
        (b"name,name\na,b\n", "Two columns are called"),
        (b"x," * 300_000, "more than 1000 columns"),
    ],
)
def test_a_bad_file_is_refused_clearly_and_not_kept(bring, content, words, files):
    _browser, page = bring(content)

    assert page.status_code == 422
    assert words in text_of(page)
    assert not ImportRun.objects.exists()
    assert list(files.iterdir()) == []


def test_a_form_without_a_file_says_so(browse):
    answer = browse("owner").post(reverse("import"))

    assert answer.status_code == 422
    assert "Choose a file first" in text_of(answer)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "\u202eevil.csv", "<script>x</script>.csv", "a" * 300 + ".csv"]
)
def test_hostile_file_names_are_only_shown(bring, name):
    _browser, page = bring(name=name)
    run = ImportRun.objects.get()

    assert page.status_code == 200
    assert "<script>x" not in page.content.decode()
    assert "\u202e" not in page.content.decode()
    assert file_of(run).parent.name == "imports"
    assert "passwd" not in file_of(run).name


def test_in_hebrew_all_is_said_in_hebrew_words_of_the_file_in_their_own(bring, browse):
    browser = browse("owner")
    browser.cookies["language"] = "he"

    _browser, page = bring("מספר לקוח,שם\n1,דנה\n", browser=browser)

    assert '<html lang="he" dir="rtl"' in page.content.decode()
    assert "<bdi>דנה</bdi>" in page.content.decode()


@pytest.mark.parametrize("member", ["receptionist", "dentist", "eilat"])
def test_whoever_adds_customers_may_bring_them(bring, member):
    _browser, page = bring(member=member)

    assert page.status_code == 200
    assert 'value="customers" selected' in page.content.decode()
    assert 'value="purchases"' not in page.content.decode()


def test_whoever_may_add_nothing_has_no_such_page(browse, clinic):
    Grant.objects.filter(role__key="dentist", action="add").delete()
    clinic.members["dentist"].role.version += 1
    clinic.members["dentist"].role.save()

    assert browse("dentist").get(reverse("import")).status_code == 403


def test_nobody_sees_the_file_of_another(bring, browse):
    bring()
    run = ImportRun.objects.get()
    other = browse("manager")

    for name in ("import-file", "import-progress", "import-refused"):
        assert other.get(reverse(name, args=[run.pk])).status_code == 404
    for name in ("import-columns", "import-start", "import-cancelling", "import-undoing"):
        assert other.post(reverse(name, args=[run.pk])).status_code == 404
    assert "people.csv" not in text_of(other.get(reverse("import")))


def test_a_long_file_is_left_to_the_worker(bring, monkeypatch):
    monkeypatch.setattr(work, "SMALL", 1)
    browser, page = bring()
    run = ImportRun.objects.get()
    assert "Looking through people.csv" in text_of(page)
    assert "The file waits its turn." in text_of(page)
    part = browser.get(reverse("import-progress", args=[run.pk]), headers={"HX-Request": "true"})
    assert "data-url" in part.content.decode()

    work.look_through.func(run.pk)

    part = browser.get(reverse("import-progress", args=[run.pk]), headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"
    assert "Import 1 line" in text_of(browser.get(reverse("import-file", args=[run.pk])))

    browser.post(reverse("import-start", args=[run.pk]))
    assert job_of(run, "run").state == Job.State.WAITING
    work.bring_in.func(run.pk)
    work.bring_in.func(run.pk)  # a task may be delivered twice

    assert Customer.objects.filter(reference="1").count() == 1
    report = browser.get(reverse("import-file", args=[run.pk]))
    assert "Imported" in text_of(report)


def test_waiting_work_can_be_cancelled(bring, monkeypatch):
    monkeypatch.setattr(work, "SMALL", 1)
    browser, _page = bring()
    run = ImportRun.objects.get()

    browser.post(reverse("import-cancelling", args=[run.pk]))

    assert job_of(run, "check").state == Job.State.CANCELLED
    assert "See what would happen" in text_of(browser.get(reverse("import-file", args=[run.pk])))


def test_files_are_forgotten_after_a_month(bring):
    browser, _page = bring()
    run = ImportRun.objects.get()
    browser.post(reverse("import-start", args=[run.pk]))
    path = file_of(run)

    assert forget_old_files(timezone.now() + timedelta(days=29)) == 0
    assert path.exists()
    assert forget_old_files(timezone.now() + timedelta(days=31)) == 1

    assert not path.exists()
    assert run.refused_lines.count() == 0
    page = browser.get(reverse("import-file", args=[run.pk]))
    assert page.status_code == 200
    assert Customer.objects.filter(reference="1").exists()


def test_uploads_are_kept_for_ourselves_alone():
    path = keep_upload([b"name\n", b"Dana\n"])

    assert path.read_bytes() == b"name\nDana\n"
    assert path.stat().st_mode & 0o077 == 0


def test_what_changes_is_told_in_words(bring):
    Customer.objects.create(reference="7", first_name="Dana", gender="f", birth_on="1990-02-01")

    _browser, page = bring("number,first name,gender,birthday\n7,Dana,male,03/05/1980\n")

    shown = text_of(page)
    for words in ("Female Male", "1 Feb 1990", "3 May 1980"):
        assert words in shown
    assert "1980-05-03" not in shown


def test_says_that_somebody_known_may_come_in_a_second_time(bring):
    browser, page = bring("name,phone\nDana Levi,052-1112233\nYoav Levi,0521112233\n")

    assert "may come in a second time" in page.content.decode()
    run = ImportRun.objects.get()
    assert run.match == []  # who shares a telephone is not told by it

    columns = {"column-0": "name", "column-1": "phone", "kind": "customers", "match": "phone"}
    page = browser.post(reverse("import-columns", args=[run.pk]), columns, follow=True)

    assert "may come in a second time" not in page.content.decode()


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("number,name,phone\n1,Dana Levi,052-1112233\n", []),
        ("name,phone,email\nDana Levi,052-1112233,dana@levi.test\n", ["phone", "email"]),
        ("name,city\nDana Levi,Acre\n", ["name"]),
    ],
)
def test_without_numbers_people_are_told_by_what_there_is(bring, content, match):
    _browser, page = bring(content)

    assert ImportRun.objects.get().match == match
    ticked = re.findall(r'name="match" value="(\w+)" checked', page.content.decode())
    assert ticked == match
    assert ("is taken for the same one" in page.content.decode()) == bool(match)


def test_words_that_are_not_known_are_pointed_at(bring):
    _browser, page = bring("name,stage\nDana Levi,asleep\n")

    assert 'href="#words"' in page.content.decode()
    assert 'id="words"' in page.content.decode()


def test_what_needs_a_decision_comes_first(bring):
    _browser, page = bring("number,name\n1,Dana Levi\n2,=1+1\n")

    shown = page.content.decode()
    assert shown.index('id="refused"') < shown.index('id="created"')
