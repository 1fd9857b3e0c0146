"""The page that takes everything out, and the page of an archive on its way back."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from kesher.core.importing.models import ImportRun
from kesher.customers.models import Customer
from kesher.engagement.models import Touch
from kesher.organization.models import AccessRecord
from tests.archives.odd import fill
from tests.archives.test_round_trip import ELSEWHERE, emptied

pytestmark = pytest.mark.django_db


@pytest.fixture
def browse(clinic):
    def sign_in(name="owner"):
        browser = Client()
        browser.force_login(clinic.members[name])
        return browser

    return sign_in


def worked():
    """The worker does what waits for it."""
    for result in DBTaskResult.objects.filter(status="READY").order_by("enqueued_at"):
        if result.task_path.startswith("kesher.web.archives"):
            result.task.call(*result.args_kwargs["args"])
            result.delete()


def archive_of(browser):
    asked = browser.post(reverse("export-everything"), {"sheets": "1"})
    assert asked.status_code == 302
    worked()
    key = asked["Location"].rstrip("/").rpartition("/")[2]
    shown = browser.get(asked["Location"])
    assert reverse("list-file", args=[key]) in shown.content.decode()
    return key, browser.get(reverse("list-file", args=[key]))


def test_the_owner_fetches_everything_and_nobody_else_does(clinic, browse):
    fill(clinic)
    browser = browse()
    assert browser.get(reverse("export-everything")).status_code == 200

    key, answer = archive_of(browser)

    content = b"".join(answer)
    assert answer["Content-Type"] == "application/zip"
    assert "Carmel-Dental" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "customers.csv" in archive.namelist()
    assert browse("manager").get(reverse("list-file", args=[key])).status_code == 404
    for name in ("manager", "receptionist", "agent"):
        assert browse(name).get(reverse("export-everything")).status_code == 403
        assert browse(name).post(reverse("export-everything")).status_code == 403


def test_an_archive_is_handed_in_taken_in_and_taken_back(clinic, browse):
    fill(clinic)
    browser = browse()
    count = Customer.objects.filter(binned_at=None).count()
    _key, answer = archive_of(browser)
    content = b"".join(answer)
    emptied()
    with ELSEWHERE:
        browser = browse()
        handed_in = SimpleUploadedFile("mine.zip", content)
        answer = browser.post(reverse("import"), {"file": handed_in})
        assert answer.status_code == 302
        page = answer["Location"]
        key = page.rstrip("/").rpartition("/")[2]
        assert "Import everything" in browser.get(page).content.decode()
        assert not Customer.objects.exists()
        assert browse("manager").get(page).status_code == 404
        listed = browser.get(reverse("import")).content.decode()
        assert listed.count("mine.zip") == 1
        assert page in listed

        browser.post(reverse("archive-start", args=[key]))
        assert "k-progress" in browser.get(page).content.decode()
        worked()

        assert set(ImportRun.objects.values_list("state", flat=True)) == {"done"}
        assert Customer.objects.filter(binned_at=None).count() == count
        said = browser.get(page).content.decode()
        assert "k-progress" not in said
        assert "Undo" in said

        browser.post(reverse("archive-undoing", args=[key]))
        worked()
        assert not Customer.objects.filter(binned_at=None).exists()
        assert not Touch.objects.filter(binned_at=None).exists()
        assert "All of it was taken back." in browser.get(page).content.decode()


def test_an_archive_may_be_cancelled_before_it_begins(clinic, browse):
    fill(clinic)
    browser = browse()
    _key, answer = archive_of(browser)
    handed_in = SimpleUploadedFile("mine.zip", b"".join(answer))
    emptied()
    with ELSEWHERE:
        browser = browse()
        page = browser.post(reverse("import"), {"file": handed_in})["Location"]
        key = page.rstrip("/").rpartition("/")[2]
        browser.post(reverse("archive-start", args=[key]))
        browser.post(reverse("archive-cancelling", args=[key]))
        worked()

        assert not Customer.objects.exists()
        assert browser.get(page).status_code == 200


def test_colleagues_who_are_not_known_are_asked_about(clinic, browse):
    fill(clinic)
    browser = browse()
    _key, answer = archive_of(browser)
    content = b"".join(answer)
    agent = clinic.members["agent"]
    type(agent).objects.filter(pk=agent.pk).update(name="Another Name")
    emptied()

    answer = browser.post(reverse("import"), {"file": SimpleUploadedFile("a.zip", content)})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Agent Cohen" in said
    assert 'name="without_unknown"' in said

    answer = browser.post(
        reverse("import"),
        {"file": SimpleUploadedFile("a.zip", content), "without_unknown": "1"},
    )
    assert answer.status_code == 302


def test_a_zip_that_is_no_archive_is_refused_as_before(clinic, browse):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("any.txt", "x")
    handed_in = SimpleUploadedFile("a.zip", held.getvalue())

    answer = browse().post(reverse("import"), {"file": handed_in})

    assert answer.status_code == 422
    assert "no table of any form" in answer.content.decode()


def test_who_takes_everything_out_stands_in_the_log_of_readings(browse, clinic):
    archive_of(browse())

    rows = AccessRecord.objects.values_list("member_name", "surface", "classification")
    assert sorted(rows) == [
        (clinic.owner.name, "file", "confidential"), (clinic.owner.name, "file", "health"),
    ]  # fmt: skip
