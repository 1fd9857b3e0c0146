"""Columns of customer files that say who agreed to be written to, and who did not.

A list from elsewhere is older than what we know: a “yes” without a day never overrules somebody who
took his consent back, a “no” always counts at once, and “did not opt out” is no consent.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.core.access import Actor
from kesher.core.importing import values as cells
from kesher.core.importing.kinds import Column, Plan
from kesher.core.importing.models import ImportRun
from kesher.core.importing.values import Place, Reader
from kesher.customers.import_further import Further, Said, further
from kesher.customers.models import Channel, Customer
from kesher.engagement.commands.consenting import NewConsent, record_consents
from kesher.engagement.consents import EVERYWHERE, latest_of
from kesher.organization.queries import business

EARLIEST = datetime.date(1990, 1, 1)
NOON = datetime.time(12)
EVERY = f"consent:{EVERYWHERE}"  # the key of what holds for all channels
ANSWERS = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
WORDS = {
    "yes": ("y", "true", "1", "x", "v", "✓", "✔", "opt-in", "opted in", "optin", "subscribed",
            "agreed", "given", "granted", "accepted", "confirmed", "allowed", "on", "active",
            "כן", "מאשר", "מאשרת", "מאושר", "אישר", "אישרה", "הסכים", "הסכימה", "מסכים", "מסכימה",
            "רשום", "פעיל", "ναι", "ν", "ναί", "συναινώ", "συναινεί", "δόθηκε", "εγγεγραμμένος",
            "αποδέχομαι", "αποδέχεται"),
    "no": ("n", "false", "0", "opt-out", "opted out", "optout", "unsubscribed", "declined",
           "withdrawn", "refused", "revoked", "denied", "off", "לא", "הוסר", "הוסרה", "סירב",
           "סירבה", "לא מאשר", "לא מאשרת", "ביטל", "όχι", "ο", "οχι", "αρνήθηκε", "ανακλήθηκε",
           "διαγράφηκε", "δεν συναινεί"),
    "": ("unknown", "pending", "not asked", "לא ידוע", "לא נשאל", "άγνωστο", "εκκρεμεί"),
}  # fmt: skip
AGREES = cells.choice_of(ANSWERS, WORDS)


def _refusing(text: str, column: str, place: Place) -> str | None:
    """A column of those who opted out: its “yes” is a no, and its “no” says nothing."""
    return "no" if AGREES(text, column, place) == "yes" else None


def _agreeing(text: str, column: str, place: Place) -> str | None:
    return AGREES(text, column, place) or None


def _column(name: str, label: Any, reads: Reader, *known_as: str) -> Column:
    return Column(
        name=name, label=label, reads=reads, known_as=known_as, choices=lambda actor: ANSWERS
    )


CHANNELS = {"email": Channel.EMAIL, "sms": Channel.SMS, "whatsapp": Channel.WHATSAPP,
            "phone": Channel.PHONE}  # fmt: skip


@further
class Consents(Further):
    columns = (
        _column(
            "consent", gettext_lazy("Marketing consent"), _agreeing, "consent", "opt in", "optin",
            "opted in", "marketing opt in", "marketing", "accepts marketing", "newsletter",
            "mailing list", "subscribed", "subscription status", "gdpr consent",
            "קבלת דיוור", "אישור דיוור", "הסכמה לדיוור", "מאשר דיוור", "הסכמה", "דיוור",
            "דבר פרסומת", "הסכמה לקבלת דבר פרסומת", "אישור פרסום", "הסכמה לפרסום", "ניוזלטר",
            "συγκατάθεση", "συγκατάθεση μάρκετινγκ", "συγκατάθεση προώθησης", "ενημερωτικά",
            "ενημερωτικό δελτίο", "αποδοχή ενημέρωσης",
        ),
        _column(
            "consent_email", gettext_lazy("E-mail consent"), _agreeing, "email opt in",
            "e mail opt in", "email consent", "email marketing", "e mail marketing",
            "accepts email marketing", "email subscription", "email newsletter",
            "דיוור במייל", "דיוור באימייל", "הסכמה לדיוור במייל", "אישור מיילים",
            "συγκατάθεση email", "συγκατάθεση e mail", "ενημέρωση με email",
        ),
        _column(
            "consent_sms", gettext_lazy("SMS consent"), _agreeing, "sms opt in", "sms marketing",
            "accepts sms marketing", "text marketing", "text opt in", "דיוור בsms", "דיוור ב sms",
            "דיוור במסרונים", "הסכמה לsms", "הסכמה ל sms", "אישור sms", "אישור מסרונים",
            "συγκατάθεση sms", "ενημέρωση με sms",
        ),
        _column(
            "consent_whatsapp", gettext_lazy("WhatsApp consent"), _agreeing, "whatsapp opt in",
            "whatsapp marketing", "דיוור בוואטסאפ", "הסכמה לוואטסאפ", "אישור וואטסאפ",
            "συγκατάθεση whatsapp",
        ),
        _column(
            "consent_phone", gettext_lazy("Telephone consent"), _agreeing, "phone opt in",
            "phone consent", "call consent", "phone marketing", "telemarketing", "הסכמה לשיחות",
            "אישור שיחות", "שיחות שיווק", "συγκατάθεση τηλεφώνου", "συγκατάθεση κλήσεων",
        ),
        _column(
            "refused", gettext_lazy("Opted out"), _refusing, "opt out", "optout", "unsubscribed",
            "marketing opt out", "no marketing", "do not market", "הסרה מדיוור", "הוסר מדיוור",
            "הוסר מרשימת תפוצה", "לא לדיוור", "ללא דיוור", "סירוב דיוור", "εξαίρεση",
            "διαγραφή από τη λίστα", "χωρίς ενημερωτικά", "όχι ενημερωτικά",
        ),
        _column(
            "refused_email", gettext_lazy("Opted out of e-mail"), _refusing, "email opt out",
            "e mail opt out", "has opted out of email", "do not email", "do not e mail",
            "no email", "לא לשלוח מייל", "הסרה ממייל", "όχι email", "μην στέλνετε email",
        ),
        _column(
            "refused_sms", gettext_lazy("Opted out of SMS"), _refusing, "sms opt out",
            "do not sms", "do not text", "no sms", "לא לשלוח sms", "הסרה מ sms", "όχι sms",
        ),
        _column(
            "refused_phone", gettext_lazy("Opted out of calls"), _refusing, "do not call",
            "do not phone", "phone opt out", "no calls", "dnc", "לא להתקשר", "אין להתקשר",
            "μην καλείτε", "όχι κλήσεις", "όχι τηλεφωνήματα",
        ),
        Column(
            name="consent_on", label=gettext_lazy("Consent date"), is_day=True,
            reads=cells.day_between(EARLIEST, 1),
            known_as=("opt in date", "opt in time", "date of consent", "consent given on",
                      "consented on", "subscribed on", "subscribe date", "תאריך הסכמה",
                      "תאריך אישור דיוור", "תאריך דיוור", "ημερομηνία συγκατάθεσης",
                      "ημ συγκατάθεσης"),
        ),
        Column(
            name="consent_proof", label=gettext_lazy("How consent was obtained"),
            reads=cells.text_of(400),
            known_as=("consent source", "opt in source", "consent text", "proof of consent",
                      "consent method", "how consent was given", "מקור הסכמה", "אופן ההסכמה",
                      "נוסח ההסכמה", "πηγή συγκατάθεσης", "τρόπος συγκατάθεσης",
                      "κείμενο συγκατάθεσης"),
        ),
    )  # fmt: skip

    def wanted(self, said: Mapping[str, Any]) -> Said:
        """Of each channel yes or no, the day and the proof; where a line says both, no."""
        found: Said = {}
        day, proof = said.get("consent_on"), said.get("consent_proof", "")
        for name, channel in (("", EVERYWHERE), *((f"_{n}", c) for n, c in CHANNELS.items())):
            answer = said.get(f"refused{name}") or said.get(f"consent{name}")
            if answer:
                found[f"consent:{channel}"] = {
                    "given": answer == "yes", "day": day.isoformat() if day else "", "proof": proof,
                }  # fmt: skip
        return found

    def held(self, ids: Iterable[int]) -> dict[int, Said]:
        """The latest word of each customer for each channel."""
        zone = ZoneInfo(business().time_zone)
        return {
            pk: {
                f"consent:{channel}": {
                    "given": row.is_given,
                    "day": timezone.localdate(row.happened_at, timezone=zone).isoformat(),
                    "at": f"{row.happened_at.isoformat()} {row.pk:012}",
                }
                for channel, row in rows.items()
            }
            for pk, rows in latest_of(ids).items()
        }

    def differs(self, key: str, wanted: Any, held: Mapping[str, Any]) -> bool:
        """Whether it is news: an old yes stands back behind a no, a no behind a later yes."""
        general = held.get(EVERY)
        if key == EVERY:
            own = general
            counts = [_last(held[one], general) for one in held if one.startswith(EVERY)]
        else:
            own = _last(held.get(key), general)
            counts = [own] if own else []
        against = [one["day"] for one in counts if one["given"] != wanted["given"]]
        if not against:
            return own is None
        if wanted["given"]:
            return wanted["day"] > max(against)
        return not wanted["day"] or wanted["day"] >= max(against)

    def shown(self, key: str, value: Any) -> tuple[str, str]:
        """A channel, and what was said of it."""
        channel = key.partition(":")[2]
        label = _("Marketing consent")
        if channel:
            label = f"{label}: {Channel(channel).label}"
        answer = _("Yes") if value["given"] else _("No")
        return label, " · ".join(filter(None, (answer, value["day"])))

    def write(self, by: Actor, wanted: Sequence[tuple[Customer, Said]], plan: Plan) -> None:
        """Into the ledger, with the file as proof where the line names none."""
        run = ImportRun.objects.filter(batch=plan.batch).first() if plan.batch else None
        file = _("From the file %(name)s") % {"name": run.file_name[:200] if run else ""}
        zone, now = ZoneInfo(business().time_zone), datetime.datetime.now(datetime.UTC)
        consents = [
            NewConsent(
                customer=customer,
                is_given=value["given"],
                happened_at=_moment(value["day"], zone) or now,
                channel=key.partition(":")[2],
                proof=" · ".join(filter(None, (value["proof"], file))),
            )
            for customer, said in wanted
            for key, value in said.items()
            if key.startswith(EVERY)
        ]
        if consents:
            record_consents(by=by, consents=consents, batch=plan.batch)


def _last(*told: Any) -> Any:
    """The later of what was said; what this file said without a day was said just now."""
    known = [one for one in told if one]
    return max(known, key=lambda one: one.get("at") or one["day"] or "9", default=None)


def _moment(day: str, zone: ZoneInfo) -> datetime.datetime | None:
    if not day:
        return None
    return datetime.datetime.combine(datetime.date.fromisoformat(day), NOON, tzinfo=zone)
