"""Files leave only as attachments, to those who may have them, and never run."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from kesher.engagement.commands.filing import attach_file
from kesher.engagement.models import Attachment

HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def attached(clinic, noa):
    def attach(data=b"A quote", name="quote.txt", by="receptionist", **more):
        return attach_file(
            by=clinic.actor(by), customer=noa, chunks=[data], name=name, now=timezone.now(), **more
        )

    return attach


def fetch(client, file):
    return client.get(reverse("attachment", args=[file.pk]))


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (b"<script>alert(document.cookie)</script>", "x.html", "application/octet-stream"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
            "x.svg",
            "application/octet-stream",
        ),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "x.pdf", "application/pdf"),
        (b"words", "x.js", "text/plain"),
    ],
)
def test_handed_out_harmlessly(as_member, attached, data, name, content_type):
    answer = fetch(as_member("receptionist"), attached(data, name))

    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Type"].split(";")[0] == content_type
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in answer["Cache-Control"]


def test_a_name_in_hebrew_travels(as_member, attached):
    answer = fetch(as_member("receptionist"), attached(name="הצעה.txt"))

    assert "filename*=utf-8''%D7%94%D7%A6%D7%A2%D7%94.txt" in answer["Content-Disposition"]


def test_only_to_those_who_may_have_it(as_member, attached):
    plain, health = attached(), attached(by="dentist", classification="health")

    assert fetch(as_member("dentist"), health).status_code == 200
    assert fetch(as_member("receptionist"), health).status_code == 404
    assert fetch(as_member("eilat"), plain).status_code == 404
    assert fetch(as_member("leaver"), plain).status_code == 302


def test_taken_away_it_is_gone_and_put_back_it_is_there(as_member, attached):
    desk, file = as_member("receptionist"), attached()

    answer = desk.post(reverse("attachment-bin", args=[file.pk]), headers=HX)
    assert fetch(desk, file).status_code == 404
    desk.post(json.loads(answer["HX-Trigger"])["k-toast"]["undo"], headers=HX)
    assert fetch(desk, file).status_code == 200


def test_bytes_that_are_lost_are_not_there(as_member, attached, store):
    file = attached()
    for path in store.rglob(file.file.digest):
        path.unlink()

    assert fetch(as_member("receptionist"), file).status_code == 404


def test_handed_in_from_the_side(as_member, noa):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = as_member("receptionist").post(
        reverse("customer-files", args=[noa.pk]),
        {"file": [SimpleUploadedFile("../a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]},
        headers=HX,
    )

    assert answer.status_code == 200
    assert sorted(file.name for file in Attachment.objects.all()) == ["a.txt", "b.txt"]


def test_a_bad_file_is_refused_in_words(as_member, noa):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = as_member("receptionist").post(
        reverse("customer-files", args=[noa.pk]),
        {"file": SimpleUploadedFile("a.txt", b"")},
        headers=HX,
    )

    assert answer.status_code == 422
    assert not Attachment.objects.exists()
