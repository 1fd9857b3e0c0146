"""Strings that stand in one classified place each, and how they look when they escape."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.core.access import SYSTEM, allows
from kesher.core.own.commands import NewOwnField, add_own_field
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.wishing import note_wish
from kesher.engagement.commands.filing import attach_file
from kesher.engagement.commands.touching import NewTouch, record_touches
from tests.access.records import Records


@dataclass(frozen=True)
class Canary:
    """One secret: where it stands, its classification, the forms in which it would show."""

    name: str
    classification: str
    traces: tuple[str, ...]


PHONE, EMAIL = ("052-647-3190", "+972526473190", "0526473190"), ("noa@example.test",)
ABOUT, WISH, NOTE = "Canary-afraid-of-heights", "Canary-wants-a-piano", "Canary-penicillin"
WATCHED = ("receptionist", "agent", "dentist", "eilat")
FILE, CONTENT = "canary-xray.txt", "Canary-shadow-on-the-left"
# Of own fields: their text, their figures, the words of what may be chosen.
OWN_TEXT, OWN_CHOICE = "Canary-own-latex", "Kestrel-pays-for-all"
OWN_FIGURES = ("763,919", "763919")
OWN_DAY = ("3 May 1969", "03/05/1969", "1969-05-03", "3.5.1969")
AMOUNT = ("87,654.32", "87654.32", "87.654,32", "87,654")


def plant_canaries(records: Records) -> list[Canary]:
    """Put a canary into every classified place of Noa, through the commands."""
    noa, dentist = records["noa"], records.clinic.members["dentist"]
    noa.about, noa.birth_on = ABOUT, datetime.date(1987, 6, 5)
    noa.save(update_fields=["about", "birth_on"])
    note_wish(by=SYSTEM, customer=noa, text=WISH, on=timezone.localdate())
    (note,) = record_touches(
        by=SYSTEM, now=timezone.now(),
        touches=[NewTouch(
            customer=noa, channel="note", text=NOTE, member=dentist, classification="health",
            happened_at=timezone.now() - datetime.timedelta(hours=1),
        )],
    )  # fmt: skip
    records.made["hidden touch"] = note
    records.made["hidden file"] = attach_file(
        by=SYSTEM, customer=noa, chunks=[CONTENT.encode()], name=FILE, now=timezone.now(),
        classification="health",
    )  # fmt: skip
    record_purchases(
        by=SYSTEM,
        purchases=[NewPurchase(
            customer_id=noa.pk, bought_on=timezone.localdate(), amount=Decimal("87654.32"),
            product="Implant",  # what we sell is no secret, only what somebody paid
        )],
    )  # fmt: skip
    _fill_own_fields(records)
    return [
        Canary("phone", "contact", PHONE),
        Canary("e-mail", "contact", EMAIL),
        Canary("good to know", "personal", (ABOUT,)),
        Canary("birthday", "personal", ("5 Jun 1987", "05/06/1987", "1987-06-05", "5.6.1987")),
        Canary("wish", "personal", (WISH,)),
        Canary("medical note", "health", (NOTE,)),
        Canary("medical file", "health", (FILE, CONTENT)),
        Canary("purchase", "financial", AMOUNT),
        Canary("own text", "health", (OWN_TEXT,)),
        Canary("own number", "health", OWN_FIGURES),
        Canary("own day", "health", OWN_DAY),
        Canary("own choice", "financial", (OWN_CHOICE,)),
    ]


def _fill_own_fields(records: Records) -> None:
    """Own fields of every sort that few may read, with Noa's values."""
    offered = [{"en": OWN_CHOICE}, {"en": "Another"}]
    said: dict[str, tuple[str, str, Any, Any]] = {
        "Reacts to": ("text", "health", [], OWN_TEXT),
        "White cells": ("number", "health", [], OWN_FIGURES[1]),
        "First seizure": ("date", "health", [], OWN_DAY[2]),
        "Who pays": ("choice", "financial", offered, OWN_CHOICE),
        "Also pays": ("many", "financial", offered, OWN_CHOICE),
    }
    values = {}
    for name, (kind, classification, choices, value) in said.items():
        new = NewOwnField(
            kind="customers", labels={"en": name}, type=kind, classification=classification,
            choices=choices,
        )  # fmt: skip
        values[add_own_field(by=SYSTEM, new=new).key] = value
    change_customer(by=SYSTEM, customer=records["noa"], values=values)


@dataclass
class Cage:
    """The clinic with canaries in it."""

    records: Records
    canaries: list[Canary]

    def hidden_from(self, who: str) -> list[Canary]:
        """What he is not cleared for; all of it where Noa herself is out of his sight."""
        actor = self.records.clinic.actor(who)
        if not allows(actor, "view", self.records["noa"]):
            return self.canaries
        return [canary for canary in self.canaries if not actor.cleared_for(canary.classification)]


def said(answer: HttpResponse) -> str:
    """All that an answer tells: its headers and its body."""
    content = b"".join(answer) if answer.streaming else answer.content
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{headers} {content.decode('utf-8', 'replace')}"


def leaks(text: str, hidden: list[Canary]) -> list[str]:
    return [canary.name for canary in hidden if any(trace in text for trace in canary.traces)]
