"""Who works here: joining, changing and leaving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, Scope, require, visible
from kesher.core.changes import change, record_added
from kesher.core.events import announce
from kesher.core.models import Change
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.addresses import free_address, spoken
from kesher.organization.events import (
    MemberChanged,
    MemberJoined,
    MemberLeft,
    SignInAddressChanged,
)
from kesher.organization.limits import must_be_among, must_be_within, must_manage_teams
from kesher.organization.models import Branch, Member, MemberBranch, MemberTeam, Role, Team
from kesher.organization.passwords import set_checked_password
from kesher.organization.sessions import end_sessions


class NameMissing(Refusal):
    """A member has a name."""

    message = _("Type a name.")


class DetailTooLong(Refusal):
    """A name or a number that its column cannot hold."""

    message = _("“%(field)s” holds at most %(most)s characters.")


class LastOwner(Refusal):
    """Somebody must be left who may do everything."""

    message = _("This is the last owner. Make somebody else an owner first.")


class HasLeft(Refusal):
    """The person does not work here any more."""

    message = _("%(name)s has left.")


@transaction.atomic
def add_member(
    *,
    by: Actor,
    name: str,
    email: str,
    role: Role,
    branches: Iterable[Branch],
    teams: Iterable[Team] = (),
    language: str = "en",
    password: str | None = None,
) -> Member:
    """Take somebody on: he signs in with his e-mail as soon as a password is set."""
    branches, teams = list(branches), list(teams)
    must_be_within(by, role)
    must_be_among(by, branches)
    must_manage_teams(by, teams)
    if not clean(name):
        raise NameMissing
    member = Member(
        email=free_address(email), name=clean(name), role=role, language=spoken(language)
    )
    if password is None:
        member.set_unusable_password()
    else:
        set_checked_password(member, password)
    member.save()
    _place(member, branches, teams)
    require(by, "manage", member)
    record_added(by=by, record=member, values={"name": member.name, "role": role.pk})
    announce(MemberJoined(member_id=member.pk), by=by, about=member)
    return member


def _place(member: Member, branches: Iterable[Branch], teams: Iterable[Team]) -> None:
    """Put a member into exactly these branches and teams."""
    MemberBranch.objects.filter(member=member).exclude(branch__in=branches).delete()
    MemberBranch.objects.bulk_create(
        (MemberBranch(member=member, branch=branch) for branch in branches), ignore_conflicts=True
    )
    MemberTeam.objects.filter(member=member).exclude(team__in=teams).delete()
    MemberTeam.objects.bulk_create(
        (MemberTeam(member=member, team=team) for team in teams), ignore_conflicts=True
    )


@transaction.atomic
def change_member(
    *, by: Actor, member: Member, values: Mapping[str, Any], seen: int | None = None
) -> Member:
    """Change what a member is called, how he is reached and which language he reads."""
    require(by, "change" if by.member_id == member.pk else "manage", member)
    values = {name: clean(v) if isinstance(v, str) else v for name, v in values.items()}
    if unknown := set(values) - {"name", "email", "phone", "language", "has_letter_keys"}:
        raise TypeError(f"change_member does not take {sorted(unknown)}")
    if "email" in values:
        values["email"] = free_address(values["email"], besides=member)
        if values["email"] != member.email:
            # Whoever holds the mailbox holds the account: a new password is sent there.
            require(by, "manage", member)
            must_be_within(by, member.role)
    if not values.get("name", member.name):
        raise NameMissing
    _must_fit({name: values[name] for name in ("name", "phone") if name in values})
    if "language" in values:
        values["language"] = spoken(values["language"])
    current, changed = change(by=by, record=member, values=values, seen=seen)
    if changed:
        announce(MemberChanged(member_id=member.pk), by=by, about=current)
    if "email" in changed:
        written = Change.objects.filter(kind=Member._meta.label_lower, record_id=member.pk)
        moved = SignInAddressChanged(member_id=member.pk, change_id=written.latest("pk").pk)
        announce(moved, by=by, about=current)
    return current


def _must_fit(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        column: Any = Member._meta.get_field(name)
        if len(value) > column.max_length:
            raise DetailTooLong(field=str(column.verbose_name), most=column.max_length)


@transaction.atomic
def choose_language(*, by: Actor, language: str) -> None:
    """Read Kesher in another language."""
    member = Member.objects.filter(pk=by.member_id).first()
    if member is not None:
        change_member(by=by, member=member, values={"language": language})


@transaction.atomic
def assign_role(*, by: Actor, member: Member, role: Role, seen: int | None = None) -> Member:
    """Give a member another role; what he may see changes with his next click."""
    require(by, "manage", member)
    must_be_within(by, member.role)
    must_be_within(by, role)
    if not role.is_owner:
        _must_not_be_last_owner(member)
    current, changed = change(by=by, record=member, values={"role_id": role.pk}, seen=seen)
    if changed:
        announce(MemberChanged(member_id=member.pk), by=by, about=current)
    return current


@transaction.atomic
def place_member(
    *, by: Actor, member: Member, branches: Iterable[Branch], teams: Iterable[Team]
) -> None:
    """Say in which branches and teams a member works."""
    branches, teams, held = list(branches), list(teams), list(member.teams.all())
    require(by, "manage", member)
    must_be_among(by, branches)
    must_manage_teams(by, teams, held)
    if by.scope(Member, "manage") < Scope.ALL:  # what lies beyond his own branches stays
        branches += list(member.branches.exclude(pk__in=by.branches))
        own = set(visible(by, Team, "manage").filter(pk__in=[team.pk for team in held]))
        teams += [team for team in held if team not in own and team not in teams]
    _place(member, branches, teams)
    current = Member.objects.get(pk=member.pk)
    current.version += 1
    current.save(update_fields=["version"])
    announce(MemberChanged(member_id=member.pk), by=by, about=current)


def _must_not_be_last_owner(member: Member) -> None:
    """Refuse when nobody else may do everything; the lock keeps two from leaving at once."""
    if not member.role.is_owner or not member.is_active:
        return
    list(Role.objects.select_for_update().filter(is_owner=True))
    others = Member.objects.filter(role__is_owner=True, is_active=True).exclude(pk=member.pk)
    if not others.exists():
        raise LastOwner


@transaction.atomic
def welcome_back(*, by: Actor, member: Member) -> Member:
    """Take somebody on again who had left; he chooses a new password by e-mail."""
    require(by, "manage", member)
    must_be_within(by, member.role)
    values = {"is_active": True, "left_on": None}
    current, changed = change(by=by, record=member, values=values)
    if changed:
        announce(MemberJoined(member_id=member.pk), by=by, about=current)
    return current


@transaction.atomic
def end_membership(*, by: Actor, member: Member, on: date | None = None) -> None:
    """Let a member go: every open session ends at once, and nobody can sign in as him."""
    require(by, "manage", member)
    must_be_within(by, member.role)
    if not member.is_active:
        raise HasLeft(name=member.name)
    _must_not_be_last_owner(member)
    values = {"is_active": False, "left_on": on or timezone.localdate()}
    current, _changed = change(by=by, record=member, values=values)
    current.set_unusable_password()
    current.save(update_fields=["password"])
    end_sessions(current)
    announce(MemberLeft(member_id=member.pk), by=by, about=current)
    member.refresh_from_db()
