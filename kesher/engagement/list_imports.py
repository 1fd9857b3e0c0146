"""Do-not-contact lists from a file: a telephone or an e-mail on each line, and why.

Declared through `imports.py`, where kinds are looked for. Several addresses of a line are several
entries; what stands on the list already is changed only by what the line says.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require_kind
from kesher.core.importing import values as cells
from kesher.core.importing.kinds import (
    Column,
    Importable,
    Outcome,
    Plan,
    Read,
    Verdict,
    importable,
    refused,
)
from kesher.core.importing.memory import Memory
from kesher.core.importing.reading import Line
from kesher.core.importing.refusals import LineRefused
from kesher.core.importing.values import Place
from kesher.core.refusal import Refusal
from kesher.customers.import_finding import HEADINGS
from kesher.customers.imports import place_of_business
from kesher.customers.points import Reading
from kesher.engagement.commands.forbidding import NewEntry, change_entry, forbid_contacts
from kesher.engagement.forbidden import compared, standing
from kesher.engagement.models import DoNotContact

Kind, Forbids = DoNotContact.Kind, DoNotContact.Forbids
EARLIEST = datetime.date(1990, 1, 1)
SAID = {"forbids": "forbids", "reason": "reason", "origin": "origin", "until_on": "until",
        "since_on": "since"}  # fmt: skip
FORBIDS = {
    Forbids.ALL: ("both", "everything", "any", "yes", "הכל", "הכול", "שניהם", "כן", "όλα",
                  "και τα δύο", "ναι"),
    Forbids.CALLS: ("call", "phone", "telephone", "שיחה", "טלפון", "κλήση", "τηλέφωνο"),
    Forbids.MESSAGES: ("message", "sms", "e-mail", "email", "mail", "mailing", "הודעה", "דיוור",
                       "מסרון", "μήνυμα", "ενημερωτικά"),
}  # fmt: skip


class AddressMissing(LineRefused):
    message = _("The line holds neither a telephone nor an e-mail.")


@dataclass
class Wanted:
    """What a line puts on the list, and which entries it changes."""

    new: list[NewEntry] = field(default_factory=list)
    changed: list[tuple[DoNotContact, dict[str, Any]]] = field(default_factory=list)


@importable
class DoNotContactList(Importable):
    name = "do-not-contact"
    label = _("do-not-contact entries")
    columns = (
        HEADINGS["phone"],
        HEADINGS["email"],
        Column(
            name="forbids", label=_("Forbids"), reads=cells.choice_of(Forbids.choices, FORBIDS),
            choices=lambda actor: Forbids.choices,
            known_as=("do not contact", "do not call", "dnc", "blocked", "scope", "opted out of",
                      "אין להתקשר", "אין לפנות", "חסום", "חסימה", "μην καλείτε",
                      "να μην ενοχληθεί", "απαγορεύεται"),
        ),
        Column(
            name="reason", label=_("Reason"), reads=cells.text_of(300),
            known_as=("why", "reason for blocking", "סיבה", "סיבת חסימה", "סיבת הסרה", "λόγος",
                      "αιτία", "λόγος διαγραφής"),
        ),
        Column(
            name="since", label=_("Since"), is_day=True, reads=cells.day_between(EARLIEST, 1),
            known_as=("date", "since date", "date added", "added on", "registered on",
                      "registration date", "opt out date", "removed on", "unsubscribed on",
                      "תאריך", "מתאריך", "תאריך הסרה", "תאריך רישום", "תאריך חסימה", "מאז",
                      "ημερομηνία", "από", "ημερομηνία εγγραφής", "ημερομηνία διαγραφής"),
        ),
        Column(
            name="until", label=_("Until"), is_day=True,
            reads=cells.day_between(EARLIEST, 36_500),
            known_as=("until date", "expires", "expires on", "expiry", "valid until", "עד",
                      "עד תאריך", "תוקף", "έως", "μέχρι", "λήξη", "ισχύει έως"),
        ),
        Column(
            name="origin", label=_("Where from"), reads=cells.text_of(200),
            known_as=("source", "origin", "list", "register", "registry", "list name", "מקור",
                      "רשימה", "מאגר", "πηγή", "λίστα", "μητρώο", "προέλευση"),
        ),
    )  # fmt: skip
    needs = (("phone", "email"),)
    told_by = ("forbids", "reason")

    def place(self, by: Actor) -> Place:
        return place_of_business()

    def require(self, by: Actor) -> None:
        require_kind(by, "manage", DoNotContact)

    def judge(
        self, by: Actor, lines: Sequence[Read], plan: Plan, memory: Memory, place: Place
    ) -> list[Verdict]:
        points = [point for _line, said in lines for point in _points(said)]
        held = standing((point.kind, point.normal) for point in points)
        return [_judged(line, said, held, memory, place) for line, said in lines]

    def write(self, by: Actor, verdicts: Sequence[Verdict], plan: Plan, memory: Memory) -> None:
        wanted = [v.wanted for v in verdicts if v.outcome in (Outcome.CREATED, Outcome.UPDATED)]
        if new := [entry for one in wanted for entry in one.new]:
            forbid_contacts(by=by, entries=new, batch=plan.batch)
        for one in wanted:
            for entry, values in one.changed:
                change_entry(by=by, entry=entry, values=values, batch=plan.batch)


def _points(said: Mapping[str, Any]) -> list[Reading]:
    return [point for name in Kind.values for point in said.get(name, ())]


def _judged(
    line: Line, said: Mapping[str, Any], held: Mapping[tuple[str, str], DoNotContact],
    memory: Memory, place: Place,
) -> Verdict:  # fmt: skip
    points = _points(said)
    if not points:
        return refused(line, AddressMissing())
    wanted, changes, is_new = Wanted(), list[tuple[str, str, str]](), False
    try:
        for point in points:
            key = (point.kind, compared(point.kind, point.normal))
            if memory.met("\x1f".join(key).encode()) > 1:
                continue  # the file named it before, and the first line holds
            if entry := held.get(key):
                if values := _differing(entry, said):
                    wanted.changed.append((entry, values))
                    changes += _shown(entry, values)
            else:
                wanted.new.append(_new(point, said, place))
                is_new = True
    except Refusal as refusal:
        return refused(line, refusal)
    known_as = Outcome.UPDATED if changes else Outcome.UNCHANGED
    title = ", ".join(point.raw for point in points)
    outcome = Outcome.CREATED if is_new else known_as
    return Verdict(line, outcome, title=title, changes=changes, wanted=wanted)


def _new(point: Reading, said: Mapping[str, Any], place: Place) -> NewEntry:
    values = {name: said[column] for name, column in SAID.items() if column in said}
    return NewEntry(point=point, **{"since_on": place.today} | values)


def _differing(entry: DoNotContact, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the line says otherwise; a ban is made wider by a file, never narrower."""
    values = {name: said[column] for name, column in SAID.items() if column in said}
    if "forbids" in values and values["forbids"] != entry.forbids:
        values["forbids"] = Forbids.ALL
    return {name: value for name, value in values.items() if getattr(entry, name) != value}


def _shown(entry: DoNotContact, values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    labels = {column.name: str(column.label) for column in DoNotContactList.columns}
    return [
        (labels[SAID[name]], str(getattr(entry, name) or ""), str(value))
        for name, value in values.items()
    ]
