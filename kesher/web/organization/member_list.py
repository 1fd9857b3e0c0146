"""The list of members of the staff."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kesher.core.access import Actor
from kesher.organization.commands.staff import assign_role, change_member
from kesher.organization.models import Member
from kesher.surface.lists.declaring import Listing, View, register
from kesher.web.lists.pen import Pen, Row, lead


def name(pen: Pen, value: Any, row: Row) -> Any:
    """Who it is; who has left says so."""
    under = "" if row.get("active") else _("Has left")
    return lead(pen.open(row), value, under, key=row.pk)


def edit(*, by: Actor, record: Member, name: str, value: Any, seen: int | None, batch: str) -> str:
    """Write one field of one member. A right that was given is not taken back by a batch."""
    if name == "role":
        assign_role(by=by, member=record, role=value, seen=seen)
    else:
        change_member(by=by, member=record, values={name: value}, seen=seen)
    return ""


MEMBERS = register(
    Listing(
        name="members",
        title=gettext_lazy("Members"),
        columns=("name", "role", "branches", "teams", "email", "phone", "last_login"),
        sort="name",
        views=(
            View(key="here", label=gettext_lazy("Working here"), query="active=yes"),
            View(
                key="left",
                label=pgettext_lazy("members", "Left"),
                query="active=no&sort=-left_on&cols=name,role,left_on,email",
            ),
            View(key="all", label=pgettext_lazy("members", "All")),
        ),
        opens="member",
        new="invite",
        new_label=gettext_lazy("Invite"),
        new_right="manage",
        searched=("name", "email", "phone"),
        phone={"role": "", "email": "c2", "phone": "c2a"},
        beside=("active",),
        painters={"name": name},
        edit=edit,
        edit_rights=("manage", "change"),
        peek=(
            "role",
            "branches",
            "teams",
            "email",
            "phone",
            "language",
            "joined_on",
            "left_on",
            "last_login",
        ),
        empty_title=gettext_lazy("Nobody works here yet"),
        empty_text=gettext_lazy("Invite somebody: a link is all it takes."),
    )
)
