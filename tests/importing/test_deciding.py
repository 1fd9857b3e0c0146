"""What a person decides about a file: which sheet, what a word means, whom a line is about."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kesher.core.access import SYSTEM
from kesher.core.importing.commands import AlreadyTakenIn, settle, take_back, take_in
from kesher.core.importing.keeping import forget_old_files
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import file_of, rows_of
from kesher.customers.models import Customer

pytestmark = pytest.mark.django_db
TWO = "name,phone\nAvi Ben,03-5551111\nBatya Ben,03-5551111\n"
DOUBT = "name,phone,city\nCarmi Ben,03-5551111,Acre\nDov Gal,03-5552222,Acre\n"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media" / "imports"


@pytest.fixture
def owner(as_member):
    return as_member("owner")


@pytest.fixture
def bring(owner):
    """Hand a file in as the owner; returns its run as it stands then."""

    def bring(content, name="people.csv"):
        content = content if isinstance(content, bytes) else content.encode()
        answer = owner.post(reverse("import"), {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 302, answer.content.decode()
        return ImportRun.objects.latest("pk")

    return bring


def post(owner, page, run, **form):
    answer = owner.post(reverse(page, args=[run.pk]), form)
    assert answer.status_code == 302
    run.refresh_from_db()


def book(**sheets):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


# ---- whom a line is about


def test_a_doubtful_line_is_decided_before_the_file_is_taken_in(take, bring, owner):
    take(TWO)
    run = bring(DOUBT)
    post(owner, "import-columns", run, **{"column-0": "name", "column-1": "phone",
         "column-2": "city", "match": "phone"})  # fmt: skip
    assert run.expected["counts"]["doubtful"] == 1
    batya = Customer.objects.get(name="Batya Ben")
    assert [batya.pk, "Batya Ben"] in run.expected["first"]["doubtful"][0]["candidates"]

    post(owner, "import-settling", run, **{"line-2": batya.pk, "line-3": ""})
    assert run.expected["counts"] | {"refused": 0} == {
        "created": 1, "updated": 1, "unchanged": 0, "refused": 0, "doubtful": 0,
    }  # fmt: skip
    take_in(by=SYSTEM, run=run)

    batya.refresh_from_db()
    assert batya.city == "Acre"


@pytest.mark.parametrize("is_new", [True, False])
def test_a_doubtful_line_is_decided_later_and_taken_back_with_the_rest(take, owner, is_new):
    take(TWO)
    run = take(DOUBT, match=["phone"], checks=False).run
    assert run.counts["doubtful"] == 1
    avi = Customer.objects.get(name="Avi Ben")

    counts = settle(by=SYSTEM, run=run, decided={2: 0 if is_new else avi.pk})

    assert counts == {
        "created": 1 + is_new, "updated": 1 - is_new, "unchanged": 0, "refused": 0, "doubtful": 0,
    }  # fmt: skip
    assert not run.refused_lines.exists()
    assert Customer.objects.filter(name="Carmi Ben").exclude(pk=avi.pk).exists() == is_new
    avi.refresh_from_db()
    assert (avi.city, avi.name) == (("", "Avi Ben") if is_new else ("Acre", "Carmi Ben"))

    take_back(by=SYSTEM, run=run)

    avi.refresh_from_db()
    assert (avi.city, avi.name) == ("", "Avi Ben")
    assert not Customer.objects.filter(name="Carmi Ben", binned_at=None).exists()


def test_nobody_is_taken_who_was_not_in_question(take):
    take(TWO + "Ella Ron,03-7777777\n")
    run = take(DOUBT, match=["phone"], checks=False).run
    ella = Customer.objects.get(name="Ella Ron")

    counts = settle(by=SYSTEM, run=run, decided={2: ella.pk, 3: 0, 99: 0})

    assert (counts["doubtful"], counts["updated"]) == (1, 0)
    ella.refresh_from_db()
    assert ella.city == ""


def test_what_was_taken_back_is_decided_no_more(take):
    take(TWO)
    run = take(DOUBT, match=["phone"], checks=False).run
    take_back(by=SYSTEM, run=run)
    with pytest.raises(AlreadyTakenIn):
        settle(by=SYSTEM, run=run, decided={2: 0})


def test_the_report_asks_about_doubtful_lines(take, bring, owner):
    take(TWO)
    run = bring(DOUBT)
    post(owner, "import-columns", run, **{"column-0": "name", "column-1": "phone",
         "column-2": "city", "match": "phone"})  # fmt: skip
    post(owner, "import-start", run)

    page = owner.get(reverse("import-file", args=[run.pk])).content.decode()

    assert 'name="line-2"' in page and "Avi Ben" in page and "Batya Ben" in page
    assert 'id="refused"' not in page


# ---- what a word means


def test_words_that_are_not_known_are_asked_about_and_remembered(bring, owner):
    content = "name,gender,branch\nDana,Fr.,Haifa\nNoa,??,Haifa\nEli,m,Somewhere\n"
    run = bring(content)
    assert run.expected["words"] == {"gender": {"Fr.": 1, "??": 1}, "branches": {"Somewhere": 1}}
    page = owner.get(reverse("import-file", args=[run.pk])).content.decode()
    assert 'name="word-gender" value="Fr."' in page

    form = {"column-0": "name", "column-1": "gender", "column-2": "branches",
            "word-gender": ["Fr.", "??"], "means-gender": ["f", "-"],
            "word-branches": ["Somewhere"], "means-branches": ["Haifa"]}  # fmt: skip
    post(owner, "import-columns", run, **form)
    assert run.expected["counts"]["created"] == 3
    post(owner, "import-start", run)

    genders = dict(Customer.objects.filter(name__in=["Dana", "Noa"]).values_list("name", "gender"))
    assert genders == {"Dana": "f", "Noa": ""}
    assert list(Customer.objects.get(name="Eli").branches.values_list("name", flat=True)) == [
        "Haifa"
    ]
    again = bring("name,gender,branch\nRuth,Fr.,Haifa\n")
    assert again.expected["counts"] == {
        "created": 1, "updated": 0, "unchanged": 0, "refused": 0, "doubtful": 0,
    }  # fmt: skip


def test_columns_are_remembered_for_files_of_the_same_shape(bring, owner):
    run = bring("foo,bar,baz\nDana,7,x\n")
    assert run.columns == {}
    form = {"column-0": "name", "column-1": "reference", "column-2": "", "match": "phone"}
    post(owner, "import-columns", run, **form)
    post(owner, "import-start", run)

    again = bring("Foo,BAR,baz\nNoa,8,y\n")

    assert again.columns == {"name": [0], "reference": [1]}
    assert again.match == ["phone"]
    assert bring("foo,bar,qux\nEli,9,z\n").columns == {}


# ---- sheets and pasted rows


def test_another_sheet_is_chosen(bring, owner):
    content = book(
        One=[["name", "city"], ["Dana", "Haifa"]], Two=[["name", "phone"], ["Noa", "052-1112233"]]
    )
    run = bring(content, "people.xlsx")
    assert (run.sheet, run.sheets, run.headings) == ("One", ["One", "Two"], ["name", "city"])
    first = rows_of(run)

    post(owner, "import-columns", run, sheet="Two", kind="customers")

    assert (run.sheet, run.headings, run.count) == ("Two", ["name", "phone"], 1)
    assert not first.exists() and rows_of(run).exists()
    post(owner, "import-start", run)
    assert Customer.objects.get(name="Noa").phone


def test_rows_are_pasted(owner):
    pasted = 'שם\tטלפון\tהערות\n"דנה ""דני"" לוי"\t052-1112233\t"שורה\nועוד"\n'

    owner.post(reverse("import"), {"pasted": pasted})

    run = ImportRun.objects.get()
    assert (run.headings, run.expected["counts"]["created"]) == (["שם", "טלפון", "הערות"], 1)


def test_refused_rows_of_a_sheet_come_back_as_a_sheet(bring, owner):
    content = book(S=[["name", "birthday"], ["Dana", "32/13/1980"], ["Noa", "01/02/1980"]])
    run = bring(content, "people.xlsx")
    post(owner, "import-start", run)

    answer = owner.get(reverse("import-refused", args=[run.pk]))

    assert answer["Content-Disposition"].endswith('.xlsx"')
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert list(sheet.values) == [("name", "birthday"), ("Dana", "32/13/1980")]


def test_what_was_laid_out_is_forgotten_with_the_file(bring, files, run_later=31):
    from datetime import timedelta

    from django.utils import timezone

    run = bring(book(S=[["name"], ["Dana"]]), "people.xlsx")
    assert {file_of(run).exists(), rows_of(run).exists()} == {True}

    forget_old_files(timezone.now() + timedelta(days=run_later))

    assert list(files.iterdir()) == []


def test_a_refused_file_leaves_nothing_behind(owner, files):
    broken = book(S=[["name"], ["Dana"]])[:-40]
    answer = owner.post(reverse("import"), {"file": SimpleUploadedFile("a.xlsx", broken)})

    assert answer.status_code == 422
    assert list(files.iterdir()) == []
