"""What the walk finds in the clinic besides the cast: a record of every kind, own and foreign."""

from __future__ import annotations

import datetime

from django.utils import timezone

from kesher.catalog.commands.adding import NewProduct, add_product
from kesher.core.access import SYSTEM
from kesher.core.changes import new_batch
from kesher.core.feeds.models import Conflict, Feed
from kesher.core.files import keep, receive
from kesher.core.importing.models import ImportRun
from kesher.core.jobs import start_job
from kesher.core.own.commands import NewOwnField, add_own_field
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.leaving import bin_customers
from kesher.customers.commands.merging import merge_customers
from kesher.customers.models import CustomerContact, EmergencyAccess, Tie, Wish
from kesher.engagement.models import Attachment, DoNotContact, Message, Notification, Task, Touch
from kesher.organization.commands.views import drop_view
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
        _of_member(records, place, customer, member)
        _of_branch(records, place, member)
    _of_business(records)
    _of_source(records)
    return records


def _of_customer(records: Records, place: str, customer: str, member: str) -> None:
    who, served = records.clinic.members[member], records[customer]
    now, made = timezone.now(), records.made
    made[f"touch {place}"] = touch = Touch.objects.create(
        customer=served, channel="call", text="Asked for an earlier visit", member=who,
        happened_at=now - datetime.timedelta(hours=2),
    )  # fmt: skip
    twins = [
        add_customer(
            by=SYSTEM,
            customer=NewCustomer(
                name=f"Twin of {place}", branches=[getattr(records.clinic, place)]
            ),
        )
        for _n in range(2)
    ]
    made[f"merger {place}"] = merge_customers(by=SYSTEM, survivor=twins[0], others=twins[1:])
    made[f"task {place}"] = Task.objects.create(
        customer=served, title="Call back", owner=who, due_on=timezone.localdate(),
        branch=getattr(records.clinic, place),
    )  # fmt: skip
    file = keep(receive([f"Plan of {place}".encode()], "plan.txt"))
    made[f"attachment {place}"] = Attachment.objects.create(
        customer=served, file=file, name="plan.txt", added_by=who, added_at=now
    )
    made[f"contact {place}"] = CustomerContact.objects.filter(customer=served).first()
    other = records["orchard" if place == "haifa" else "yosef"]
    made[f"tie {place}"] = Tie.objects.create(customer=served, other=other, role="employee")
    made[f"wish {place}"] = Wish.objects.create(
        customer=served, text="Whiter teeth", folded="whiter teeth", noted_on=timezone.localdate()
    )
    made[f"emergency {place}"] = EmergencyAccess.objects.create(
        customer=served, member=records.clinic.members["manager"], reason="He cannot breathe",
        classification=Classification.objects.get(key="health"), taken_at=now,
        ends_at=now + datetime.timedelta(hours=1),
    )  # fmt: skip
    for state in ("failed", "waiting", "unknown"):
        made[f"{state} letter {place}"] = Message.objects.create(
            key=f"{state} {place}", template="test", language="en", address="a@b.test",
            text="Hello", customer=served, not_before=now, state=state,
        )  # fmt: skip
    made[f"notification {place}"] = Notification.objects.create(
        member=who, kind="mention", about_kind="engagement.touch", about_id=touch.pk, created_at=now
    )


def _of_member(records: Records, place: str, customer: str, member: str) -> None:
    """What is one's own: views, files on their way in, long work, what can be taken back."""
    who, actor = records.clinic.members[member], records.clinic.actor(member)
    made, now = records.made, timezone.now()
    made[f"run {place}"] = ImportRun.objects.create(
        kind="customers", file_name="list.csv", encoding="utf-8", separator=",", headings=["Name"],
        heading_line=1, size=10, stamp=1, count=1, actor=who.name, actor_id=who.pk,
        batch=f"walk {place}", state="done",
    )  # fmt: skip
    for kind in ("customers", "tasks", "members", "products", "do-not-contact"):
        made[f"{kind} view {place}"] = SavedView.objects.create(name="Mine", kind=kind, owner=who)
        dropped = SavedView.objects.create(name="Gone", kind=kind, owner=who)
        made[f"dropped {kind} view {place}"] = drop_view(by=actor, view=dropped)
    made[f"entry {place}"] = DoNotContact.objects.create(
        kind="phone", normal=f"+9725012345{who.pk:02}", raw=f"050-12345{who.pk:02}",
        since_on=timezone.localdate(), added_by=who,
    )  # fmt: skip
    made[f"work {place}"] = start_job(by=actor, name="bulk", total=1).key
    made[f"batch {place}"] = batch = new_batch()
    change_customer(by=actor, customer=records[customer], values={"city": "Acre"}, batch=batch)
    branch = getattr(records.clinic, place)
    gone = NewCustomer(first_name="Gone", last_name=place.title(), branches=[branch])
    made[f"binned {place}"] = add_customer(by=SYSTEM, customer=gone)
    bin_customers(by=SYSTEM, customers=[made[f"binned {place}"]], now=now, batch=new_batch())


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
    made["own field"] = add_own_field(
        by=SYSTEM, new=NewOwnField(kind="customers", labels={"en": "Shoe size"})
    )
    made["financial"] = Classification.objects.get(key="financial")
    made["product"] = add_product(
        by=SYSTEM, product=NewProduct(name="Crown", code="C1", unit="tooth")
    )
    made["holiday"] = Holiday.objects.create(day=datetime.date(2030, 1, 1), name="Day off")
    made["invitation"] = Invitation.objects.create(
        email="new@clinic.test", name="New", role=made["role"], digest="d" * 64,
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )  # fmt: skip


def _of_source(records: Records) -> None:
    """A source that lives on, and a contradiction about a customer of Haifa."""
    owner, made = records.clinic.owner, records.made
    made["feed"] = feed = Feed.objects.create(
        name="Old program", way="folder", place={"folder": "/srv/old", "pattern": "*"},
        actor=owner.name, actor_id=owner.pk,
    )  # fmt: skip
    made["conflict"] = Conflict.objects.create(
        feed=feed, kind="customers.customer", record_id=records["noa"].pk, field="city",
        here="Haifa", there="Acre", changed_by="Somebody", batch="walk",
    )  # fmt: skip
