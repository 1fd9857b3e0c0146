"""What a customer agreed to, who wrote it down and how it was obtained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kesher.core.access import Actor, Guarded, guard, may, require_kind
from kesher.core.changes import new_batch
from kesher.customers.models import Channel, Customer
from kesher.engagement.commands.consenting import NewConsent, record_consents
from kesher.engagement.models import Consent
from kesher.engagement.queries import consents_of
from kesher.organization.today import today_here
from kesher.surface.once import once_only
from kesher.web.customers.forms import Day, Form
from kesher.web.customers.saving import customer_of, did, done, drawn

OFFERED = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP, Channel.PHONE, Channel.LETTER)
NOON = time(12)


class ConsentForm(Form):
    """That somebody agreed, or took it back."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What was said"), widget=forms.RadioSelect, initial="yes",
        choices=[("yes", pgettext_lazy("consent", "Agreed")), ("no", gettext_lazy("Took it back"))],
    )  # fmt: skip
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=Consent.Purpose)
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), required=False,
        choices=[("", gettext_lazy("All channels")),
                 *((one.value, one.label) for one in OFFERED)],
    )  # fmt: skip
    day = Day(label=gettext_lazy("When"), help_text=gettext_lazy("Today when empty"))
    proof = forms.CharField(
        label=gettext_lazy("How it was obtained"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("On which form, in which call, in which words"),
    )  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A line of the ledger, and whether it is the one that counts."""

    row: Guarded
    channel: str
    counts: bool


def standing_of(actor: Actor, customer: Customer) -> list[Standing]:
    """The ledger of a customer, the latest first; of each purpose and channel one line counts."""
    if not may(actor, "view", Consent):
        return []
    held = consents_of(actor, customer)
    lines, told = list[Standing](), set[tuple[str, str]]()
    for row, seen in zip(held, guard(actor, held), strict=True):
        is_over = {(row.purpose, row.channel), (row.purpose, "")} & told
        told.add((row.purpose, row.channel))
        channel = str(Channel(row.channel).label) if row.channel else _("All channels")
        lines.append(Standing(row=seen, channel=channel, counts=not is_over))
    return lines


@once_only
def consents(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a customer agreed to, and write down one thing more."""
    customer = customer_of(request, pk)
    require_kind(request.actor, "add", Consent)
    if request.method != "POST":
        return _drawn(request, customer)
    form, batch = ConsentForm(request.POST), new_batch()
    if form.is_valid() and did(form, lambda: _record(request, customer, form.cleaned_data, batch)):
        said = _("Written down.")
        return done(
            request, said, lambda: _drawn(request, customer), "consents", customer.pk, batch=batch
        )
    return _drawn(request, customer, form)


def _record(request: HttpRequest, customer: Customer, typed: dict[str, Any], batch: str) -> None:
    now, day = timezone.now(), typed["day"]
    is_today = day is None or day == today_here()
    new = NewConsent(
        customer=customer,
        is_given=typed["answer"] == "yes",
        purpose=typed["purpose"],
        channel=typed["channel"],
        happened_at=now if is_today else timezone.make_aware(datetime.combine(day, NOON)),
        proof=typed["proof"],
    )
    record_consents(by=request.actor, consents=[new], batch=batch)


def _drawn(
    request: HttpRequest, customer: Customer, form: ConsentForm | None = None
) -> HttpResponse:
    lines: Sequence[Standing] = standing_of(request.actor, customer)
    context = {
        "customer": guard(request.actor, customer),
        "form": form or ConsentForm(),
        "lines": lines,
    }
    status = 422 if form is not None and form.errors else 200
    return drawn(request, "consents", context, status=status)
