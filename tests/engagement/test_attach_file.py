import io
from datetime import timedelta

import pytest
from PIL import Image

from kesher.core.access import AccessDenied, visible
from kesher.core.files import FileEmpty, FileTooLarge, opened, place_of
from kesher.core.models import EventRecord, StoredFile
from kesher.engagement.commands.filing import (
    NotOfThisCustomer,
    attach_file,
    bin_attachment,
    reclassify_attachment,
    rename_attachment,
    restore_attachment,
)
from kesher.engagement.commands.touching import bin_touch, restore_touch
from kesher.engagement.models import Attachment
from kesher.engagement.queries import attachments_of
from kesher.engagement.writing import NotCleared
from tests.engagement.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def attach(clinic):
    def run(data=b"A quote", name="quote.txt", by="receptionist", customer="noa", **more):
        return attach_file(
            by=clinic.actor(by), customer=clinic.customers[customer], chunks=[data], name=name,
            now=NOW, **more,
        )  # fmt: skip

    return run


def left_over(store):
    return list((store / "incoming").iterdir())


def test_keeps_the_bytes_once_under_their_digest(attach, store):
    first, second = attach(), attach(name="../../copy.txt")

    assert first.file == second.file
    assert StoredFile.objects.count() == 1
    assert opened(first.file).read() == b"A quote"
    assert (second.name, first.file.content_type, first.file.size) == ("copy.txt", "text/plain", 7)
    assert left_over(store) == []
    assert oct(place_of(first.file.digest).stat().st_mode)[-3:] == "600"


def test_a_picture_loses_the_place_it_was_taken_at(attach):
    picture, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "at home, 32.79 N"
    Image.new("RGB", (40, 20), "red").save(picture, "JPEG", exif=exif)

    kept = opened(attach(picture.getvalue(), name="tooth.jpeg").file).read()

    assert b"32.79" in picture.getvalue()
    assert b"32.79" not in kept
    assert Image.open(io.BytesIO(kept)).size == (40, 20)


def test_with_a_touch_it_is_kept_as_closely(clinic, attach, noted):
    touch = noted(by="dentist", classification="health")
    file = attach(by="dentist", touch=touch)

    assert file.classification == "health"
    assert not visible(clinic.actor("receptionist"), Attachment).exists()
    fact = EventRecord.objects.get(name="engagement.FileAttached")
    assert (fact.kind, fact.classification) == ("customers.customer", "health")


def test_refuses_and_leaves_nothing_behind(clinic, attach, noted, store):
    with pytest.raises(FileEmpty):
        attach(b"")
    with pytest.raises(FileTooLarge):
        attach(bytes(25 * 1024 * 1024 + 1))
    with pytest.raises(NotCleared):
        attach(classification="health")
    with pytest.raises(NotOfThisCustomer):
        attach(customer="orchard", touch=noted())
    with pytest.raises(AccessDenied):
        attach(customer="eleni")

    assert not Attachment.objects.exists()
    assert not StoredFile.objects.exists()
    assert left_over(store) == []


def test_renaming_keeps_the_true_ending(clinic, attach):
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    file = attach(picture.getvalue(), name="a.png")

    renamed = rename_attachment(by=clinic.actor("receptionist"), attachment=file, name="x/ray.exe")

    assert renamed.name == "ray.exe.png"


def test_bin_restore_and_keep_more_closely(clinic, attach):
    file = attach(by="dentist")
    by = clinic.actor("dentist")

    binned = bin_attachment(by=by, attachment=file, now=NOW)
    assert bin_attachment(by=by, attachment=binned, now=NOW).version == binned.version == 2
    restored = restore_attachment(by=by, attachment=binned)
    kept = reclassify_attachment(by=by, attachment=restored, classification="health")
    assert (kept.binned_at, kept.classification) == (None, "health")
    with pytest.raises(AccessDenied):
        bin_attachment(by=clinic.actor("receptionist"), attachment=kept, now=NOW)
    with pytest.raises(NotCleared):
        reclassify_attachment(
            by=clinic.actor("manager"), attachment=attach(by="manager"), classification="health"
        )


def test_the_files_of_a_note_go_into_the_bin_and_come_back_with_it(clinic, attach, noted):
    by, touch = clinic.actor("receptionist"), noted()
    kept, thrown = attach(touch=touch), attach(b"other", touch=touch)
    thrown = bin_attachment(by=by, attachment=thrown, now=NOW - timedelta(days=1))

    binned = bin_touch(by=by, touch=touch, now=NOW)
    assert attachments_of(by, touch.customer) == []
    restore_touch(by=by, touch=binned)
    assert attachments_of(by, touch.customer) == [kept]
    assert Attachment.objects.get(pk=thrown.pk).binned_at == NOW - timedelta(days=1)
