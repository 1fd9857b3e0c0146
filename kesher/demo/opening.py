"""Opens the invented clinic: the business, its branches, rooms, staff, hours and holidays."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import override

from kesher.core.access import SYSTEM, Actor
from kesher.demo import staff
from kesher.demo.history import Place
from kesher.demo.own_fields import add_own_fields
from kesher.demo.staff import BRANCHES, OWNER, PASSWORD, ROOMS, STAFF, Colleague
from kesher.organization.commands.founding import found_business
from kesher.organization.commands.places import add_branch, add_resource, add_team, change_branch
from kesher.organization.commands.settings import change_business, take_holidays
from kesher.organization.commands.staff import add_member, place_member
from kesher.organization.commands.working_hours import plan_absence, plan_shifts
from kesher.organization.models import (
    Branch,
    Business,
    Holiday,
    Member,
    Resource,
    Role,
    Team,
)
from kesher.organization.queries import actor_of


@transaction.atomic
def open_clinic(now: datetime) -> Place:
    """Set the clinic up as its owner would, and mark all of it as demo."""
    owner = found_business(
        by=SYSTEM, business=staff.BUSINESS, trade="clinic", name=OWNER.name, email=OWNER.email,
        password=PASSWORD, language=OWNER.language, country="IL",
    )  # fmt: skip
    boss = _actor(owner)
    business = Business.objects.get()
    change_business(by=boss, business=business, values={"brand_colour": staff.COLOUR})
    branches = _open_branches(boss)
    team = add_team(by=boss, name=staff.TEAM)
    place_member(by=boss, member=owner, branches=branches.values(), teams=[])
    members = {OWNER.key: owner}
    for one in STAFF:
        members[one.key] = _take_on(boss, one, branches, team)
    place = Place(branches, members)
    add_own_fields(boss)
    _plan_hours(boss, place)
    _plan_absence(boss, place, now)
    with override("he"):
        take_holidays(by=boss, business=Business.objects.get(), years=(now.year, now.year + 1))
    for model in (Business, Branch, Team, Member, Resource, Holiday):
        model._default_manager.update(is_demo=True)
    for member in members.values():
        member.is_demo = True
    return place


def _open_branches(boss: Actor) -> dict[str, Branch]:
    """The first branch may have come with the business."""
    found = {branch.name: branch for branch in Branch.objects.all()}
    branches = {}
    for key, (name, city, phone) in BRANCHES.items():
        branch = found.get(name)
        if branch is None:
            branches[key] = add_branch(by=boss, name=name, city=city, phone=phone)
        else:
            branches[key] = change_branch(
                by=boss, branch=branch, values={"city": city, "phone": phone}
            )
    for name, kind, key in ROOMS:
        add_resource(by=boss, name=name, kind=kind, branch=branches[key])
    return branches


def _take_on(boss: Actor, one: Colleague, branches: dict[str, Branch], team: Team) -> Member:
    return add_member(
        by=boss, name=one.name, email=one.email, role=Role.objects.get(key=one.role),
        branches=[branches[key] for key in one.branches], language=one.language,
        teams=[team] if one.role in ("receptionist", "agent") else [], password=PASSWORD,
    )  # fmt: skip


def _plan_hours(boss: Actor, place: Place) -> None:
    """Who works in both places has Haifa on the first days of his week, Eilat on the last."""
    for one in STAFF:
        member = place.members[one.key]
        cut = len(one.weekdays) // 2 if len(one.branches) > 1 else len(one.weekdays)
        parts = {one.branches[0]: one.weekdays[:cut]}
        if len(one.branches) > 1:
            parts[one.branches[1]] = one.weekdays[cut:]
        for key, weekdays in parts.items():
            plan_shifts(
                by=boss, member=member, branch=place.branches[key], weekdays=weekdays,
                starts=one.starts, ends=one.ends,
            )  # fmt: skip


def _plan_absence(boss: Actor, place: Place, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(Business.objects.get().time_zone)).date()
    plan_absence(
        by=boss, member=place.members["eleni"], starts_on=today - timedelta(days=1),
        ends_on=today + timedelta(days=3), deputy=place.members["dana"],
        note="Όσα ραντεβού περιμένουν επιβεβαίωση είναι στις εργασίες μου.",
    )  # fmt: skip


def _actor(member: Member) -> Actor:
    return actor_of(Member.objects.select_related("role").get(pk=member.pk))
