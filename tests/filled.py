"""The clinic with something on every page: what `make_records` leaves empty is filled in here."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.urls import reverse
from django.utils import timezone

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.core.access import SYSTEM
from kesher.core.importing.commands import open_import
from kesher.core.importing.models import ImportRun, RefusedLine
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.contacts import add_contact
from kesher.customers.commands.leaving import archive, bin_customers
from kesher.customers.commands.wishing import note_wish
from kesher.customers.models import Source
from kesher.engagement.commands.filing import attach_file
from kesher.engagement.commands.tasks import NewTask, finish_task, plan_tasks
from kesher.engagement.commands.touching import NewTouch, record_touches
from kesher.engagement.models import Message, Notification, Presence, Task, Touch
from kesher.organization.commands.inviting import invite_member
from kesher.organization.models import SavedView
from tests.access.made import make_records
from tests.access.records import RECORDS, Records
from tests.access.walk import addresses, cases
from tests.people import Clinic

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
SAID = "שיחה על הטיפול"  # nothing of ours: no catalogue holds it


def fill(clinic: Clinic) -> Records:
    """One of everything in each branch, and for Noa and the owner a page full of it."""
    records = make_records(clinic)
    now, today = timezone.now(), timezone.localdate()
    _history(clinic, now)
    _plans(clinic, now, today)
    _details(clinic, now, today)
    _of_owner(clinic, records, now)
    _invitation, records.made["token"] = invite_member(
        by=clinic.actor("owner"), name="רות", email="ruth@example.test", language="he",
        role=records["role"], branches=[clinic.haifa], now=now,
    )  # fmt: skip
    return records


def _history(clinic: Clinic, now: datetime.datetime) -> None:
    noa = clinic.customers["noa"]
    boss = clinic.actor("owner")
    kinds = [
        {"channel": channel, "severity": severity, "is_agreement": channel == "visit"}
        for channel, severity in zip(
            Touch.Channel.values, [None, 3, None, 2, 1, *[None] * 5], strict=True
        )
    ]
    record_touches(
        by=boss, now=now,
        touches=[
            NewTouch(customer=noa, text=SAID, happened_at=now - (at + 1) * 7 * HOUR, **said)
            for at, said in enumerate(kinds)
        ],
    )  # fmt: skip
    attach_file(by=boss, customer=noa, chunks=[b"plan"], name="plan.txt", now=now)
    today = now.date()
    record_purchases(
        by=SYSTEM,
        purchases=[
            NewPurchase(
                customer_id=noa.pk, bought_on=today - at * 40 * DAY, amount=Decimal(f"{1200 * at}.50"),
                product="ניקוי", key=str(at),
            )
            for at in (1, 2, 3)
        ],
    )  # fmt: skip


def _plans(clinic: Clinic, now: datetime.datetime, today: datetime.date) -> None:
    boss, noa = clinic.actor("owner"), clinic.customers["noa"]
    planned = plan_tasks(
        by=boss,
        tasks=[
            NewTask(
                title=SAID, customer=customer, kind=kind, due_on=today + days * DAY,
                due_time=datetime.time(9, 30), repeat="weekly" if days else "", owner=clinic.owner,
            )
            for kind, days in zip(Task.Kind.values, (-3, 0, 1, 9), strict=True)
            for customer in (noa, None)
        ],
    )  # fmt: skip
    finish_task(by=boss, task=planned[-1], now=now)


def _details(clinic: Clinic, now: datetime.datetime, today: datetime.date) -> None:
    boss, noa = clinic.actor("owner"), clinic.customers["noa"]
    for kind, value in (("fax", "04-999-1234"), ("email", "noa.work@example.test")):
        add_contact(by=boss, customer=noa, kind=kind, value=value)
    note_wish(by=boss, customer=noa, text=SAID, on=today, kind="need", wanted_on=today + DAY)
    source, _new = Source.objects.get_or_create(name="שלט")
    change_customer(
        by=boss, customer=noa,
        values={
            "birth_on": datetime.date(1990, 2, 1), "gender": "f", "about": SAID, "source": source,
            "owner": clinic.members["dentist"], "preferred_channel": "phone",
        },
    )  # fmt: skip
    gone = [
        add_customer(by=SYSTEM, customer=NewCustomer(name=name, branches=[clinic.haifa]))
        for name in ("דנה לוי", "רון לוי")
    ]
    archive(by=boss, customers=gone[:1], now=now)
    bin_customers(by=boss, customers=gone[1:], now=now)
    Presence.objects.create(
        member=clinic.members["dentist"], customer=noa, field="note", seen_at=now + DAY
    )


def _of_owner(clinic: Clinic, records: Records, now: datetime.datetime) -> None:
    owner, noa = clinic.owner, clinic.customers["noa"]
    about = {
        "mention": records["touch haifa"],
        "task": records["task haifa"],
        "absence": records["absence haifa"],
    }
    for kind, record in about.items():
        Notification.objects.create(
            member=owner, kind=kind, about_kind=record._meta.label_lower, about_id=record.pk,
            caused_by=clinic.members["dentist"], created_at=now,
        )  # fmt: skip
    for state in Message.State.values:
        Message.objects.create(
            key=f"filled {state}", template="test", language="he", address="noa@example.test",
            subject=SAID, text=SAID, customer=noa, not_before=now, state=state,
        )  # fmt: skip
    for is_shared in (False, True):
        SavedView.objects.create(name=SAID, kind="customer", owner=owner, is_shared=is_shared)
    _files(clinic, now)


def _files(clinic: Clinic, now: datetime.datetime) -> None:
    owner = clinic.owner
    with NamedTemporaryFile(suffix=".csv", delete=False) as file:
        file.write("שם,טלפון\nדנה,052-1234567\n".encode())
    open_import(
        by=clinic.actor("owner"), kind=None, path=Path(file.name), name="list.csv",
        is_ours=True,
    )  # fmt: skip
    counts = {"created": 3, "updated": 2, "unchanged": 1, "refused": 1}
    for state in ("done", "cancelled", "failed", "undone"):
        run = ImportRun.objects.create(
            kind="customers", file_name="list.csv", encoding="utf-8", separator=",",
            headings=["שם", "טלפון"], heading_line=1, size=10, stamp=1, count=7, actor=owner.name,
            actor_id=owner.pk, batch=f"filled {state}", state=state, columns={"name": [0]},
            counts=counts, done=7, finished_at=now,
        )  # fmt: skip
        RefusedLine.objects.create(run=run, number=3, reason=SAID, cells='["", "12"]')


# What the owner opens of her own, where the walk of access asks for another's.
OF_OWNER = {
    "import-file": ImportRun, "import-progress": ImportRun, "import-refused": ImportRun,
    "customers-view-edit": SavedView,
}  # fmt: skip
# The same page in another state.
MORE = {
    "customers?filtered": "/customers/?stage=prospect&city=חיפה&group=branches",
    "customers?none": "/customers/?q=zzzzzz",
    "customers?archived": "/customers/?archived=yes",
    "customers-filter?field": "/customers/filter/?field=stage",
    "customers-filter?day": "/customers/filter/?field=birth_on",
    "tasks?done": "/tasks/?state=done&state=open",
    "find?q": "/find/?q=נועה",
    "find?none": "/find/?q=zzzzzz",
    "account_login?again": "/account/login/?next=/customers/",
}


def addresses_of(records: Records) -> dict[str, str]:
    """A path for every address that may be asked for, with a record in it where it wants one."""
    paths = {}
    for address in addresses():
        own = OF_OWNER.get(address.name)
        if own:
            mine = {"actor_id" if own is ImportRun else "owner_id": records.clinic.owner.pk}
            paths[address.name] = reverse(address.name, args=[own.objects.filter(**mine).last().pk])
        elif case := cases(address):
            places = RECORDS[address.name][case[-1]](records) if case[-1] else None
            paths[address.name] = reverse(address.name, kwargs=places)
    return {**paths, **MORE, "invitation": reverse("invitation", args=[records["token"]])}


def is_page(status: int, body: bytes) -> bool:
    """A whole page, not a fragment of one, a file, or a refusal."""
    return status == 200 and body.lstrip()[:9].lower() == b"<!doctype"
