"""Every form of the product, filled in, and how many rows there are before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from tests.access.forms import POSTED
from tests.access.records import RECORDS, Records
from tests.access.walk import addresses, cases, table

# Where one was is no fact, nor what one was about to write.
NO_FACTS = {
    "core.doneonce", "core.job", "engagement.draft", "engagement.presence", "organization.session",
    "organization.recentrecord",
}  # fmt: skip
MORE: dict[str, list[dict[str, Any]]] = {
    "customer-compose": [
        {"form": "message", "channel": "sms", "direction": "out", "text": "x"},
        {"form": "call", "direction": "in", "minutes": "5", "at": "2026-01-05T10:00", "text": "x"},
        {"form": "visit", "text": "x"},
        {"form": "task", "title": "x", "due_on": "2030-01-01", "due_time": "10:00"},
    ],
    "task-done": [{"and": "next", "next_title": "Call again", "next_on": "2030-01-01"}],
    "customers-bulk": [{"do": "task", "task.title": "Call", "task.due_on": "2030-01-01"}],
}


@dataclass(frozen=True)
class Filled:
    """One form as somebody would send it."""

    name: str
    address: str
    content: dict[str, Any]


def filled_forms(records: Records) -> list[Filled]:
    """Every form that says something, each way it can be filled in."""
    found = []
    for name, form in POSTED.items():
        record = _record(name)
        where = _address(name, record, records)
        content = form(records, record)
        found.append(Filled(name, where, content))
        found += [Filled(name, where, {**_picked(content), **more}) for more in MORE.get(name, [])]
    for name in MORE.keys() - POSTED.keys():
        where = _address(name, _record(name), records)
        found += [Filled(name, where, more) for more in MORE[name]]
    return found


def bare_forms(records: Records) -> Iterator[Filled]:
    """Every other address that takes a form: a button alone, or a page of signing in."""
    said = POSTED.keys() | MORE.keys()
    takes = {row.name for row in table() if row.method == "POST" and row.verdicts["owner"] != "405"}
    for address in addresses():
        if address.name in takes - said and cases(address):
            yield Filled(address.name, _address(address.name, _record(address.name), records), {})


def _record(name: str) -> str:
    """Of two branches' records that of Haifa."""
    return sorted(RECORDS[name])[-1] if name in RECORDS else ""


def _address(name: str, record: str, records: Records) -> str:
    return reverse(name, kwargs=RECORDS[name][record](records) if record else None)


def _picked(content: dict[str, Any]) -> dict[str, Any]:
    return {"pick": content["pick"]} if "pick" in content else {}


def once_more(content: dict[str, Any]) -> dict[str, Any]:
    """The same content; a file that was read is read from its beginning."""
    for value in content.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    return dict(content)


def rows() -> dict[str, int]:
    """How many rows every table of ours holds, in one question."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("kesher.")]
    tables = {
        model._meta.label_lower: model._meta.db_table
        for model in ours
        if model._meta.label_lower not in NO_FACTS
    }
    counts = ", ".join(f'(SELECT COUNT(*) FROM "{name}")' for name in tables.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return dict(zip(tables, cursor.fetchone(), strict=True))
