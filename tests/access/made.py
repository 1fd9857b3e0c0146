"""What the walk finds in the clinic besides the cast: a record of every kind, own and foreign."""

from __future__ import annotations

import datetime

from django.utils import timezone

from kesher.core.importing.models import ImportRun
from kesher.core.models import StoredFile
from kesher.customers.models import CustomerContact, Tie, Wish
from kesher.engagement.models import Attachment, Message, Notification, Task, Touch
from kesher.organization.models import (
    Absence,
    Classification,
    Holiday,
    Invitation,
    Resource,
    Role,
    SavedView,
    Shift,
    Team,
)
from tests.access.records import Records
from tests.people import Clinic

PLACES = {"haifa": ("noa", "receptionist"), "eilat": ("eleni", "eilat")}


def make_records(clinic: Clinic) -> Records:
    """The clinic with one of everything in each of its two branches."""
    records = Records(clinic=clinic)
    for place, (customer, member) in PLACES.items():
        _of_customer(records, place, customer, member)
        _of_branch(records, place, member)
    _of_business(records)
    return records


def _of_customer(records: Records, place: str, customer: str, member: str) -> None:
    who, served = records.clinic.members[member], records[customer]
    now, made = timezone.now(), records.made
    made[f"touch {place}"] = touch = Touch.objects.create(
        customer=served, channel="call", text="Asked for an earlier visit", member=who,
        happened_at=now - datetime.timedelta(hours=2),
    )  # fmt: skip
    made[f"task {place}"] = Task.objects.create(
        customer=served, title="Call back", owner=who, due_on=timezone.localdate(),
        branch=getattr(records.clinic, place),
    )  # fmt: skip
    file = StoredFile.objects.create(digest=place * 8, content_type="text/plain", size=4)
    made[f"attachment {place}"] = Attachment.objects.create(
        customer=served, file=file, name="plan.txt", added_by=who, added_at=now
    )
    made[f"contact {place}"] = CustomerContact.objects.filter(customer=served).first()
    other = records["orchard" if place == "haifa" else "yosef"]
    made[f"tie {place}"] = Tie.objects.create(customer=served, other=other, role="employee")
    made[f"wish {place}"] = Wish.objects.create(
        customer=served, text="Whiter teeth", folded="whiter teeth", noted_on=timezone.localdate()
    )
    made[f"letter {place}"] = Message.objects.create(
        key=f"walk {place}", template="test", language="en", address="a@b.test", text="Hello",
        customer=served, not_before=now, state="failed",
    )  # fmt: skip
    made[f"notification {place}"] = Notification.objects.create(
        member=who, kind="mention", about_kind="engagement.touch", about_id=touch.pk, created_at=now
    )
    made[f"run {place}"] = ImportRun.objects.create(
        kind="customers", file_name="list.csv", encoding="utf-8", separator=",", headings=["Name"],
        heading_line=1, size=10, stamp=1, count=1, actor=who.name, actor_id=who.pk,
        batch=f"walk {place}", state="done",
    )  # fmt: skip
    made[f"view {place}"] = SavedView.objects.create(name="Mine", kind="customer", owner=who)
    made[f"task view {place}"] = SavedView.objects.create(name="Mine", kind="task", owner=who)
    made[f"member view {place}"] = SavedView.objects.create(name="Mine", kind="member", owner=who)


def _of_branch(records: Records, place: str, member: str) -> None:
    who, branch, made = records.clinic.members[member], getattr(records.clinic, place), records.made
    made[f"branch {place}"] = branch
    made[f"team {place}"] = Team.objects.create(name=f"Team {place}", branch=branch)
    made[f"resource {place}"] = Resource.objects.create(name=f"Room {place}", branch=branch)
    made[f"shift {place}"] = Shift.objects.create(
        member=who, branch=branch, weekday=1, starts=datetime.time(8), ends=datetime.time(16)
    )
    day = timezone.localdate() + datetime.timedelta(days=30)
    made[f"absence {place}"] = Absence.objects.create(member=who, starts_on=day, ends_on=day)


def _of_business(records: Records) -> None:
    made = records.made
    made["role"] = Role.objects.get(key="hygienist")
    made["classification"] = Classification.objects.create(key="own", labels={"en": "Own"}, rank=9)
    made["holiday"] = Holiday.objects.create(day=datetime.date(2030, 1, 1), name="Day off")
    made["invitation"] = Invitation.objects.create(
        email="new@clinic.test", name="New", role=made["role"], digest="d" * 64,
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )  # fmt: skip
