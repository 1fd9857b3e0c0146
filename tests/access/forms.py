"""What is posted, valid in shape: so that a refusal is one of right and not of form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.access.records import OF_HAIFA_AND_EILAT, Records

Form = Callable[[Records, str], dict[str, Any]]


def same(**values: Any) -> Form:
    """A form that says the same for every record."""
    return lambda records, place: values


def _branch(records: Records, place: str) -> int:
    """The branch of the record that is asked for; Haifa where there is none."""
    return (records.clinic.eilat if place == "eilat" else records.clinic.haifa).pk


def _noa(records: Records) -> int:
    return records["noa"].pk


def _business(records: Records, place: str) -> dict[str, Any]:
    return {
        "seen": 1, "name": "Carmel", "country": "IL", "currency": "ILS", "language": "he",
        "time_zone": "Asia/Jerusalem", "week_start": 6, "weekend": [4, 5], "brand_colour": "",
    }  # fmt: skip


def _shift(records: Records, place: str) -> dict[str, Any]:
    hours = {"weekdays": [6], "starts": "08:00", "ends": "10:00"}
    return hours | {"branch": _branch(records, place)}


def _absence(records: Records, place: str) -> dict[str, Any]:
    """The receptionist of Haifa will be away."""
    days = {"starts_on": "2030-03-04", "ends_on": "2030-03-05", "kind": "holiday"}
    return days | {"member": records["receptionist"].pk}


def _invitation(records: Records, place: str) -> dict[str, Any]:
    return {
        "name": "New", "email": "newer@clinic.test", "role": records["agent"].role_id,
        "branches": [_branch(records, place)], "language": "en",
    }  # fmt: skip


def _edited(records: Records, place: str) -> dict[str, Any]:
    held = records[OF_HAIFA_AND_EILAT[place]]
    return {"kind": held.kind, "stage": held.stage, "first_name": "Renamed"}


def _picked(action: str, name: str, value: str, record: str) -> Form:
    """An act of a list on one row of Haifa."""

    def form(records: Records, place: str) -> dict[str, Any]:
        return {"do": action, f"{action}.{name}": value, "pick": [records[record].pk]}

    return form


def _of_role(**values: Any) -> Form:
    return lambda records, place: {"seen": records["role"].version, **values}


def _file(records: Records, place: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("plan.txt", b"where the lift is")}


def _table(records: Records, place: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("new.csv", b"Name,Telephone\nDana,052-7654321\n")}


def _list_forms(kind: str) -> dict[str, Form]:
    return {
        f"{kind}-export": same(format="csv"),
        f"{kind}-view-new": same(name="New", sharing="mine"),
        f"{kind}-view-edit": same(name="Renamed", sharing="mine"),
        f"{kind}-view-keep": same(**{"in": "sort=name"}),
    }


POSTED: dict[str, Form] = {
    **_list_forms("customers"), **_list_forms("tasks"), **_list_forms("members"),
    **_list_forms("products"), **_list_forms("do-not-contact"),
    # customers
    "customer-new": lambda records, place: {
        "name": "Somebody Else", "branches": [_branch(records, place)],
    },
    "customer-alike": same(name="Somebody Else"),
    "customer-edit": _edited,
    "customer-field": same(value="R-99"),
    "customers-cell": same(value="steady"),
    "customers-bulk": _picked("stage", "stage", "steady", "noa"),
    "contacts": same(kind="email", value="newer@example.test"),
    "contact": same(value="052-7654322"),
    "ties": lambda records, place: {"role": "other", "other": records["yosef"].pk},
    "consents": same(answer="yes", purpose="marketing", channel="", proof="On paper"),
    "purchase-new": same(product="Crown", amount="5", bought_on="2026-01-02"),
    "wishes": same(text="A window seat", kind="wish"),
    "customer-compose": same(form="note", text="Called about Tuesday"),
    "customer-draft": same(form="note", text="Called about"),
    "customer-next": same(kind="call"),
    "customer-files": _file,
    "import": _table,
    "source-new": same(
        way="folder", name="New source", folder=".", pattern="*.csv", rhythm="day", silent_after="7"
    ),
    "source-change": same(name="Renamed", rhythm="hour", silent_after="7", **{"wins-city": "source"}),
    "source-conflict": same(answer="theirs"),
    # work
    "task": lambda records, place: {"title": "Call again", "due_on": timezone.localdate()},
    "task-new": lambda records, place: {"title": "Call again", "customer": _noa(records)},
    "tasks-cell": same(value="2030-01-01"),
    "tasks-bulk": _picked("day", "due_on", "2030-01-01", "task haifa"),
    "touch-edit": same(text="Wants Tuesday", happened_at="2026-01-05T10:00", classification="open"),
    "touch-complaint": same(act="2"),
    # what we sell
    "product": same(name="Crown of gold", code="C1"),
    "product-new": same(name="Bridge", amount="400"),
    "product-price": same(amount="90", valid_from="2026-01-01"),
    "products-cell": same(value="tooth"),
    "products-bulk": lambda records, place: {"do": "archive", "pick": [records["product"].pk]},
    "do-not-contact-new": same(address="050-7777777", forbids="all", reason="Asked us"),
    "do-not-contact-lifting": same(reason="Asked to be called"),
    "do-not-contact-bulk": _picked("lift", "reason", "Asked to be called", "entry haifa"),
    # the staff
    "member-about": lambda records, place: {
        "seen": 1, "name": "New Name", "email": "new.name@clinic.test", "language": "en",
    },
    "member-role": lambda records, place: {"seen": 1, "role": records["agent"].role_id},
    "members-cell": same(value="04-8123456"),
    "shift-planning": _shift,
    "absences": _absence,
    "invite": _invitation,
    "view-as": lambda records, place: {"kind": "role", "pk": records["role"].pk},
    # the business
    "settings-business": _business,
    "holidays": same(day="2030-02-03", name="Day off"),
    "branches": same(name="Acre"),
    "branch-change": same(name="Acre"),
    "teams": lambda records, place: {"name": "New", "branch_id": _branch(records, place)},
    "team-change": lambda records, place: {"name": "New", "branch_id": _branch(records, "haifa")},
    "resources": lambda records, place: {
        "name": "New", "kind": "room", "branch_id": _branch(records, place),
    },
    "resource-change": lambda records, place: {
        "name": "New", "kind": "room", "branch_id": _branch(records, "haifa"),
    },
    "roles": lambda records, place: {"en": "New", "like": records["role"].pk},
    "role-naming": same(en="New"),
    "own-field-new": same(kind="customers", name="Size", type="text", classification="open"),
    "own-field": same(seen="1", en="Boot size", classification="open"),
    "own-field-place": same(to="up"),
    "own-field-type": same(type="number", go="1"),
    "role-right": _of_role(kind="customers.customer", action="view", scope=1),
    "role-clearance": lambda records, place: {
        "seen": records["role"].version, "cleared": 1, "classification": records["financial"].pk,
    },
    "role-preset": _of_role(),
    "classification-new": same(en="New"),
    "classification-naming": same(en="New"),
    "message-text": same(seen=0, subject="Welcome to {business}", body="Hello", button="Come in"),
}  # fmt: skip

# What an address is asked with, where it answers nothing without.
ASKED: dict[str, dict[str, str]] = {
    "source-new": {"way": "folder"},
    "customers-bulk": {"do": "stage"},
    "tasks-bulk": {"do": "day"},
    "do-not-contact-bulk": {"do": "lift"},
    "do-not-contact-group": {"in": "all=1&group=forbids", "key": "all"},
    "products-bulk": {"do": "archive"},
    "products-group": {"in": "all=1&group=unit", "key": "tooth"},
    "customers-group": {"in": "all=1&group=stage", "key": "prospect"},
    "tasks-group": {"in": "all=1&group=state", "key": "open"},
    "members-group": {"in": "all=1&group=language", "key": "en"},
}
