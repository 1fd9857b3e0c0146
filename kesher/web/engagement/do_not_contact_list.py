"""The list of telephones and e-mails that nobody calls or writes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from kesher.core.access import Actor
from kesher.core.phones import show_phone
from kesher.engagement.commands.forbidding import lift_entry, list_again
from kesher.engagement.models import DoNotContact
from kesher.surface.lists.declaring import Action, Input, Listing, View, register
from kesher.web.lists.pen import Pen, Row, html
from kesher.web.templatetags import look

ICONS = {"phone": "phone-off", "email": "mail"}


def address(pen: Pen, value: Any, row: Row) -> Any:
    """The telephone or the e-mail: it runs from left to right in every language."""
    is_phone = row.get("kind") == DoNotContact.Kind.PHONE
    shown = show_phone(value, pen.country) if is_phone and value else value
    icon = look.icon(ICONS.get(str(row.get("kind")), "ban"))
    return html(
        '<a class="name" data-open href="{}">{}<bdi dir="ltr" class="nowrap">{}</bdi></a>',
        pen.open(row), icon, shown,
    )  # fmt: skip


def lift(*, by: Actor, record: DoNotContact, given: Mapping[str, str], batch: str) -> None:
    """Take an address off the list."""
    lift_entry(by=by, entry=record, reason=given["reason"], now=timezone.now(), batch=batch)


def again(*, by: Actor, record: DoNotContact, given: Mapping[str, str], batch: str) -> None:
    """Put it back on the list."""
    list_again(by=by, entry=record, batch=batch)


STANDING = {"lifted": "no"}
DO_NOT_CONTACT = register(
    Listing(
        name="do-not-contact",
        title=gettext_lazy("Do not contact"),
        columns=("address", "forbids", "reason", "since", "origin", "added_by"),
        sort="-since",
        views=(
            View(key="standing", label=gettext_lazy("On the list")),
            View(
                key="lifted",
                label=gettext_lazy("Lifted"),
                query="lifted=yes&sort=-lifted_on&cols=address,forbids,lifted_on,lifted_reason",
            ),
        ),
        opens="do-not-contact-entry",
        new="do-not-contact-new",
        new_label=pgettext_lazy("do-not-contact list", "Add to the list"),
        standing=STANDING,
        searched=("address", "reason"),
        phone={"forbids": "c2", "since": "c2b", "reason": "c2a"},
        beside=("kind", "lifted"),
        painters={"address": address},
        actions=(
            Action(
                key="lift",
                label=pgettext_lazy("do-not-contact list", "Lift"),
                icon="circle-check",
                run=lift,
                inputs=(Input(name="reason", label=gettext_lazy("Why it is lifted"), type="text"),),
                when=STANDING,
            ),
            Action(
                key="again",
                label=gettext_lazy("Put back on the list"),
                icon="ban",
                run=again,
                when={"lifted": "yes"},
            ),
        ),
        peek=("address", "forbids", "reason", "since", "until", "origin", "added_by"),
        empty_title=gettext_lazy("Nobody is on the list"),
        empty_text=gettext_lazy(
            "A telephone or e-mail on it is never written to, and whoever opens the customer sees "
            "that it is not to be called."
        ),
    )
)
