"""Ask every address, by every method, as everybody, for own and foreign records.

`verdicts.csv` declares the answers; `python -m tests.access.record` proposes rows for new addresses,
to be judged by a person before they are kept.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.forms import ASKED, POSTED
from tests.access.records import RECORDS, Records
from tests.people import Clinic

TABLE = Path(__file__).parent / "verdicts.csv"
EVERYBODY = ("anonymous", "leaver", "owner", "manager", "receptionist", "dentist", "eilat", "agent")
METHODS = ("GET", "POST")
SIGN_IN = "/account/login/"


@dataclass(frozen=True)
class Address:
    """A named address and the places in it."""

    name: str
    places: tuple[str, ...]


def addresses() -> list[Address]:
    """Every address that the server answers, by name."""
    return sorted(set(_walk(get_resolver())), key=lambda address: address.name)


def _walk(resolver: URLResolver, above: tuple[str, ...] = ()) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        places = (*above, *pattern.pattern.converters, *pattern.pattern.regex.groupindex)
        places = tuple(dict.fromkeys(places))
        if isinstance(pattern, URLPattern):
            yield Address(pattern.name or f"(nameless) {pattern.pattern}", places)
        else:
            yield from _walk(pattern, places)


@dataclass(frozen=True)
class Row:
    """What everybody is answered at one address for one record."""

    name: str
    record: str
    method: str
    verdicts: dict[str, str]


def table() -> list[Row]:
    """The declared verdicts."""
    with TABLE.open(encoding="utf-8") as lines:
        return [
            Row(row["name"], row["record"], row["method"], {who: row[who] for who in EVERYBODY})
            for row in csv.DictReader(lines)
        ]


def cases(address: Address) -> list[str]:
    """The records for which an address is asked: own and foreign, or none."""
    if not address.places:
        return [""]
    return sorted(RECORDS.get(address.name, {}))


def client_of(clinic: Clinic, who: str) -> Client:
    """A browser signed in as one of the cast."""
    client = Client()
    if who != "anonymous":
        client.force_login(clinic.members[who], "kesher.organization.signed_in.SignedIn")
    return client


def ask(
    client: Client, records: Records, name: str, record: str, method: str, part: bool,
    hear: Callable[[HttpResponse], None] = lambda _answer: None,
) -> str:  # fmt: skip
    """The verdict of one request, whose answer `hear` hears; what it changed is rolled back."""
    address = reverse(name, kwargs=RECORDS[name][record](records) if record else None)
    headers = {"HX-Request": "true"} if part else {}
    cookies = client.cookies.copy()
    with transaction.atomic():
        if method == "GET":
            answer = client.get(address, ASKED.get(name), headers=headers)
        else:
            posted = POSTED[name](records, record) if name in POSTED else {}
            answer = client.post(address, posted, headers=headers)
        verdict = judged(answer)
        hear(answer)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(
        {name: morsel.value for name, morsel in cookies.items()}
    )  # one address signs out
    return verdict


def judged(answer: HttpResponse) -> str:
    """An answer in one word."""
    to = answer.headers.get("HX-Redirect") or answer.headers.get("Location", "")
    if to.startswith(SIGN_IN) and answer.status_code in (204, 302):
        return "login"
    return "ok" if answer.status_code < 400 else str(answer.status_code)
