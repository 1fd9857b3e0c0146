from datetime import timedelta

import pytest

from kesher.core.access import AccessDenied
from kesher.core.events import may_hear
from kesher.core.models import EventRecord
from kesher.engagement.commands.drafting import NoSuchForm, TooMuchWritten, drop_draft, save_draft
from kesher.engagement.commands.presence import be_gone, be_present
from kesher.engagement.models import Draft
from kesher.engagement.queries import drafts_of, others_present
from tests.engagement.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(clinic):
    def save(text, by="receptionist", form="note", customer="noa", now=NOW):
        return save_draft(
            by=clinic.actor(by), customer=clinic.customers[customer], form=form, text=text, now=now
        )

    return save


def written(clinic, by="receptionist"):
    rows = drafts_of(clinic.actor(by), clinic.customers["noa"])
    return {form: row.text for form, row in rows.items()}


def test_keeps_one_draft_a_form(clinic, draft):
    draft("He")
    draft("He prefers", now=NOW + timedelta(seconds=5))
    draft("Call him", form="task")

    assert written(clinic) == {"note": "He prefers", "task": "Call him"}


def test_nobody_reads_anothers_draft_not_even_the_owner(clinic, draft):
    draft("Not yet said")

    assert written(clinic, "manager") == {}
    assert written(clinic, "owner") == {}


def test_an_empty_draft_is_none(clinic, draft):
    draft("He")
    assert draft("  \x00") is None

    assert Draft.objects.count() == 0


def test_drops_what_is_saved(clinic, draft):
    draft("He")
    drop_draft(by=clinic.actor("receptionist"), customer=clinic.customers["noa"], form="note")

    assert Draft.objects.count() == 0


def test_refuses(clinic, draft):
    with pytest.raises(NoSuchForm):
        draft("x", form="novel")
    with pytest.raises(TooMuchWritten):
        draft("x" * 20_001)
    with pytest.raises(AccessDenied):
        draft("x", customer="eleni")


def test_writing_shows_to_colleagues_and_fades(clinic, draft):
    noa = clinic.customers["noa"]
    draft("He")

    def seen(by, after):
        now = NOW + timedelta(seconds=after)
        there = others_present(clinic.actor(by), noa, now=now)
        return [(str(one.member), one.field) for one in there]

    assert seen("manager", 19) == [("Receptionist Cohen", "note")]
    assert seen("manager", 20) == []
    assert seen("receptionist", 1) == []
    assert seen("eilat", 1) == []


def test_beginning_and_ending_to_write_is_announced_and_looking_is_not(clinic):
    by, noa = clinic.actor("receptionist"), clinic.customers["noa"]

    def after_beat(seconds, field):
        be_present(by=by, customer=noa, field=field, now=NOW + timedelta(seconds=seconds))
        return EventRecord.objects.filter(name="engagement.PresenceChanged").count()

    assert [after_beat(0, ""), after_beat(5, "note"), after_beat(20, "note")] == [0, 1, 1]
    assert [after_beat(60, "note"), after_beat(70, ""), after_beat(80, "call")] == [2, 3, 4]
    be_gone(by=by, customer=noa)
    be_gone(by=by, customer=noa)
    told = EventRecord.objects.filter(name="engagement.PresenceChanged")
    assert told.count() == 5
    assert {(fact.kind, fact.record_id) for fact in told} == {("engagement.presence", noa.pk)}
    assert may_hear(clinic.actor("manager"), told[0])
    assert not may_hear(clinic.actor("eilat"), told[0])
