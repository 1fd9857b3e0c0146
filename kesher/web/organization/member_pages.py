"""The page of one member: who he is, what he may, when he works, where he is signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import Scope, allows, guard, may, visible
from kesher.organization.commands.signing_in import end_other_sessions, forget_second_steps
from kesher.organization.commands.staff import (
    assign_role,
    change_member,
    end_membership,
    place_member,
    welcome_back,
)
from kesher.organization.commands.working_hours import plan_shifts, remove_shift
from kesher.organization.limits import is_within
from kesher.organization.models import Absence, Branch, Member, Role, Shift, Team
from kesher.organization.sessions import sessions_of
from kesher.organization.viewing import viewed_member
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.web.lists.crumb import crumb_of
from kesher.web.organization.absence_pages import absence_rows
from kesher.web.organization.devices import device_name
from kesher.web.organization.frame import done, settings_page
from kesher.web.organization.member_forms import MemberForm, PlaceForm, RoleForm, ShiftForm
from kesher.web.organization.member_list import MEMBERS
from kesher.web.organization.saving import Form, save
from kesher.web.organization.week import week_of


@require_safe
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one member that the actor may see."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, refused: dict[str, Form] | None = None) -> HttpResponse:
    """The page, with the form that a command refused as it was typed."""
    actor, refused = request.actor, refused or {}
    person = found(actor, Member, pk, "role")
    is_managed = allows(actor, "manage", person)
    today = timezone.localdate()
    shifts = visible(actor, Shift).filter(member=person).select_related("branch")
    away = visible(actor, Absence).filter(member=person, ends_on__gte=today)
    context: dict[str, Any] = {
        "person": guard(actor, person),
        "crumb": crumb_of(request, MEMBERS, pk),
        "is_managed": is_managed,
        "branches": visible(actor, Branch).filter(members=person).order_by("name"),
        "teams": visible(actor, Team).filter(members=person).order_by("name"),
        "week": week_of(shifts.order_by("starts"), request.business.week_start),
        "plans_shifts": visible(actor, Branch).filter(pk__in=_shift_branches(request, person)),
        "absences": absence_rows(actor, away),
        "looks": viewed_member(actor, person.pk) is not None and pk != actor.member_id,
    }
    if is_managed and person.is_active:
        context |= _forms(request, person) | refused
    context["shift_form"] = refused.get("shift_form") or _shift_form(request, person)
    status = next((form.status for form in refused.values()), 200)
    return settings_page(request, "organization/member.html", "members", status, **context)


def _forms(request: HttpRequest, person: Member) -> dict[str, Any]:
    actor = request.actor
    about = {name: getattr(person, name) for name in ("name", "email", "phone", "language")}
    placed = {
        "branches": list(person.branches.values_list("pk", flat=True)),
        "teams": list(person.teams.values_list("pk", flat=True)),
    }
    sessions = sessions_of(actor, person) if person.pk != actor.member_id else []
    return {
        "about_form": MemberForm(initial=about | {"seen": person.version}),
        "place_form": PlaceForm(actor=actor, initial=placed),
        "role_form": RoleForm(actor=actor, initial={"role": person.role_id, "seen": person.version})
        if is_within(actor, person.role)
        else None,
        "may_let_go": is_within(actor, person.role) and person.pk != actor.member_id,
        "sessions": [(held, device_name(held.device)) for held in sessions],
        "has_second_step": person.authenticator_set.exists(),
    }


def _shift_branches(request: HttpRequest, person: Member) -> list[int]:
    """The branches of the member for which the actor may plan hours."""
    if not may(request.actor, "manage", Shift) or not person.is_active:
        return []
    rows = person.branches.filter(closed_on=None)
    if request.actor.scope(Shift, "manage") < Scope.ALL:
        rows = rows.filter(pk__in=request.actor.branches)
    return list(rows.values_list("pk", flat=True))


def _shift_form(request: HttpRequest, person: Member, posted: Any = None) -> ShiftForm:
    rows = visible(request.actor, Branch).filter(pk__in=_shift_branches(request, person))
    return ShiftForm(
        posted, branches=list(rows.order_by("name").values_list("pk", "name")),
        week_start=request.business.week_start,
    )  # fmt: skip


@require_POST
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """Change how a member is called and reached."""
    person = found(request.actor, Member, pk)
    form = MemberForm(request.POST)
    if form.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen")
        if save(
            form,
            lambda: change_member(by=request.actor, member=person, values=values, seen=seen),
        ):
            return done(request, _("The member is saved."), "member", pk)
    return _page(request, pk, {"about_form": form})


@require_POST
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    person = found(request.actor, Member, pk, "role")
    form = RoleForm(request.POST, actor=request.actor)
    if form.is_valid():
        chosen = found(request.actor, Role, form.cleaned_data["role"])
        seen = form.cleaned_data["seen"]
        if save(
            form,
            lambda: assign_role(by=request.actor, member=person, role=chosen, seen=seen),
        ):
            return done(request, _("The role is changed."), "member", pk)
    return _page(request, pk, {"role_form": form})


@require_POST
def placing(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in which branches and teams a member works."""
    actor, person = request.actor, found(request.actor, Member, pk)
    form = PlaceForm(request.POST, actor=actor)
    if form.is_valid():
        branches = [found(actor, Branch, chosen) for chosen in form.cleaned_data["branches"]]
        teams = [found(actor, Team, chosen) for chosen in form.cleaned_data["teams"]]
        if save(
            form,
            lambda: place_member(by=actor, member=person, branches=branches, teams=teams),
        ):
            return done(request, _("Branches and teams are saved."), "member", pk)
    return _page(request, pk, {"place_form": form})


@require_POST
def leaving(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a member go."""
    person = found(request.actor, Member, pk, "role")
    end_membership(by=request.actor, member=person, on=timezone.localdate())
    return done(request, _("The member has left and is signed out everywhere."), "member", pk)


@require_POST
def returning(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody on again."""
    welcome_back(by=request.actor, member=found(request.actor, Member, pk, "role"))
    said = _("Welcome back. A new password is chosen with “I forgot the password”.")
    return done(request, said, "member", pk)


@require_POST
def signing_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a member out everywhere."""
    here = request.session.session_key if pk == request.actor.member_id else None
    end_other_sessions(by=request.actor, member=found(request.actor, Member, pk), besides=here)
    return done(request, _("The member is signed out everywhere."), "member", pk)


@require_POST
def second_step_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody in who lost the telephone."""
    forget_second_steps(by=request.actor, member=found(request.actor, Member, pk, "role"))
    return done(request, _("The password alone signs in now."), "member", pk)


# ---- shifts


@require_POST
@once_only
def shift_planning(request: HttpRequest, pk: int) -> HttpResponse:
    """Add hours to the week."""
    person = found(request.actor, Member, pk)
    form = _shift_form(request, person, request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        given["branch"] = found(request.actor, Branch, given["branch"])
        if save(form, lambda: plan_shifts(by=request.actor, member=person, **given)):
            return done(request, _("The hours are planned."), "member", pk)
    return _page(request, pk, {"shift_form": form})


@require_POST
def shift_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take hours out of the week."""
    shift = found(request.actor, Shift, pk, "member")
    remove_shift(by=request.actor, shift=shift)
    return done(request, _("The hours are taken out."), "member", shift.member_id)
