from datetime import timedelta

import pytest

from kesher.core.access import AccessDenied
from kesher.core.changes import EditConflict
from kesher.core.models import Change, EventRecord
from kesher.engagement.commands.touching import (
    InBin,
    NothingSaid,
    NotYetHappened,
    bin_touch,
    change_touch,
    restore_touch,
)
from kesher.engagement.models import Attachment, CustomerPulse, Touch
from kesher.engagement.writing import NotCleared
from tests.engagement.conftest import NOW

pytestmark = pytest.mark.django_db


def test_puts_the_text_right_and_finds_it_again(clinic, noted):
    touch = noted()

    changed = change_touch(
        by=clinic.actor("receptionist"), touch=touch, values={"text": "Prefers ÉVENINGS"}, now=NOW
    )

    assert (changed.text, changed.folded, changed.version) == (
        "Prefers ÉVENINGS", "prefers evenings", 2,
    )  # fmt: skip
    written = Change.objects.get(kind="engagement.touch", record_id=touch.pk, version=2)
    assert written.before == {"text": "Prefers mornings"}


def test_moving_it_in_time_moves_the_pulse(clinic, noted):
    touch = noted(channel="call")
    noted(channel="email", ago=timedelta(days=3))

    change_touch(
        by=clinic.actor("receptionist"), touch=touch, now=NOW,
        values={"happened_at": NOW - timedelta(days=30)},
    )  # fmt: skip

    assert CustomerPulse.objects.get(customer=touch.customer).last_channel == "email"


def test_keeping_it_more_closely_takes_its_files_along_and_tells_both_kinds_of_readers(
    clinic, noted
):
    touch = noted(by="dentist", channel="visit")
    file = Attachment.objects.create(
        customer=touch.customer, touch=touch, file=_stored(), name="x-ray.png", added_at=NOW
    )

    change_touch(
        by=clinic.actor("dentist"), touch=touch, values={"classification": "health"}, now=NOW
    )

    file.refresh_from_db()
    assert file.classification == "health"
    assert CustomerPulse.objects.get(customer=touch.customer).last_touch_at is None
    told = EventRecord.objects.filter(name="engagement.TouchChanged").order_by("pk")
    assert [fact.classification for fact in told] == ["open", "health"]


def _stored():
    from kesher.core.models import StoredFile

    return StoredFile.objects.create(digest="d" * 64, content_type="image/png", size=1)


def test_two_at_once_merge_or_clash(clinic, noted):
    touch = noted(channel="call", text="One")
    by = clinic.actor("receptionist")
    change_touch(by=by, touch=touch, values={"text": "Two"}, now=NOW)

    merged = change_touch(by=by, touch=touch, values={"outcome": "left word"}, seen=1, now=NOW)
    assert (merged.text, merged.outcome) == ("Two", "left word")
    with pytest.raises(EditConflict):
        change_touch(by=by, touch=touch, values={"text": "Three"}, seen=1, now=NOW)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"text": "  "}, NothingSaid),
        ({"happened_at": NOW + timedelta(days=1)}, NotYetHappened),
        ({"classification": "confidential"}, NotCleared),
        ({"pinned_at": NOW}, TypeError),
    ],
)
def test_refuses(clinic, noted, values, refusal):
    touch = noted()

    with pytest.raises(refusal):
        change_touch(by=clinic.actor("receptionist"), touch=touch, values=values, now=NOW)

    assert Touch.objects.get(pk=touch.pk).version == 1


def test_nobody_rewrites_what_another_said(clinic, noted):
    touch = noted(by="receptionist")

    with pytest.raises(AccessDenied):
        change_touch(by=clinic.actor("dentist"), touch=touch, values={"text": "No"}, now=NOW)


def test_bin_and_restore(clinic, noted):
    touch = noted(channel="call")
    by = clinic.actor("receptionist")

    binned = bin_touch(by=by, touch=touch, now=NOW)
    assert CustomerPulse.objects.get(customer=touch.customer).last_touch_at is None
    assert bin_touch(by=by, touch=binned, now=NOW).version == binned.version
    with pytest.raises(InBin):
        change_touch(by=by, touch=binned, values={"text": "late"}, now=NOW)

    restored = restore_touch(by=by, touch=binned)
    assert restored.binned_at is None
    assert CustomerPulse.objects.get(customer=touch.customer).last_touch_at == touch.happened_at


def test_only_who_wrote_it_or_runs_the_branch_bins_it(clinic, noted):
    touch = noted()

    with pytest.raises(AccessDenied):
        bin_touch(by=clinic.actor("dentist"), touch=touch, now=NOW)
    assert bin_touch(by=clinic.actor("manager"), touch=touch, now=NOW).binned_at == NOW
