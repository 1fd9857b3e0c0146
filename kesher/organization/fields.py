"""What is listed, filtered and exported of us: the members of the staff."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.fields import Field, Through, Type, declare, label_from
from kesher.organization.models import (
    Branch,
    Language,
    Member,
    MemberBranch,
    MemberTeam,
    Role,
    Team,
)  # fmt: skip


def members(actor: Actor) -> list[tuple[int, str]]:
    """Those who work here, and after them those who have left."""
    rows = visible(actor, Member).order_by("-is_active", "name")
    return list(rows.values_list("pk", "name"))


def members_here(actor: Actor) -> list[tuple[int, str]]:
    """Those who work here now."""
    rows = visible(actor, Member).filter(is_active=True).order_by("name")
    return list(rows.values_list("pk", "name"))


def roles(actor: Actor) -> list[tuple[int, str]]:
    """The roles by their names in the reader's language."""
    return [
        (pk, label_from([labels]))
        for pk, labels in visible(actor, Role).values_list("pk", "labels")
    ]


declare(
    "members",
    Member,
    label=_("Member"),
    labels=_("Members"),
    fields=(
        Field(name="name", label=_("Name"), sort=("name",), editable=True),
        Field(name="email", label=_("E-mail"), type=Type.EMAIL, sort=("email",)),
        Field(name="phone", label=_("Telephone"), type=Type.PHONE, editable=True),
        Field(
            name="role", label=_("Role"), type=Type.REF, refers=Role, choices=roles,
            groups=True, editable=True,
        ),
        Field(
            name="branches", label=_("Branches"), type=Type.REF, refers=Branch, groups=True,
            through=Through(MemberBranch, "member", "branch"),
        ),
        Field(
            name="teams", label=_("Teams"), type=Type.REF, refers=Team, groups=True,
            through=Through(MemberTeam, "member", "team"),
        ),
        Field(
            name="language", label=_("Language"), type=Type.CHOICE, groups=True, editable=True,
            choices=lambda actor: Language.choices,
        ),
        Field(name="active", label=_("Works here"), type=Type.FLAG, lookup="is_active"),
        Field(
            name="joined_on", label=_("Joined on"), type=Type.DATE, sort=("joined_on",), groups=True
        ),
        Field(name="left_on", label=_("Left on"), type=Type.DATE, sort=("left_on",), groups=True),
        Field(
            name="last_login", label=_("Last signed in"), type=Type.MOMENT, sort=("last_login",)
        ),
    ),
)  # fmt: skip
