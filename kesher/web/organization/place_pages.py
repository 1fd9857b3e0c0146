"""Branches, teams, rooms and devices: each a list whose rows open for editing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kesher.core.access import Actor, Scope, guard, require_kind, visible
from kesher.organization.commands import places
from kesher.organization.models import Branch, Resource, Team
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.web.organization.frame import done, settings_page
from kesher.web.organization.saving import Form, save


class BranchForm(Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    city = forms.CharField(label=gettext_lazy("City"), max_length=80, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )  # fmt: skip


class TeamForm(Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    branch_id = forms.TypedChoiceField(
        label=gettext_lazy("Branch"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, actor: Actor, **named: Any):
        super().__init__(*args, **named)
        anywhere = [("", _("All branches"))] if actor.scope(Team, "manage") == Scope.ALL else []
        self.fields["branch_id"].choices = [*anywhere, *branch_choices(actor, Team)]


class ResourceForm(Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Resource.Kind.choices)
    branch_id = forms.TypedChoiceField(label=gettext_lazy("Branch"), coerce=int)

    def __init__(self, *args: Any, actor: Actor, **named: Any):
        super().__init__(*args, **named)
        self.fields["branch_id"].choices = branch_choices(actor, Resource)


def branch_choices(actor: Actor, model: type) -> list[tuple[int, str]]:
    """The open branches in which the actor may manage such things."""
    rows = visible(actor, Branch).filter(closed_on=None).order_by("name")
    if actor.scope(model, "manage") < Scope.ALL:
        rows = rows.filter(pk__in=actor.branches)
    return list(rows.values_list("pk", "name"))


Forms = Callable[..., Form]


def _rows(records: list, form_of: Forms, names: tuple[str, ...], edited: tuple | None) -> list:
    """Each record with the form that changes it; the one just refused keeps what was typed."""
    rows = []
    for record in records:
        if edited and edited[0] == record.pk:
            rows.append((record, edited[1], True))
        else:
            initial = {name: getattr(record, name) for name in names} | {"seen": record.version}
            rows.append((record, form_of(initial=initial, auto_id=f"id_{record.pk}_%s"), False))
    return rows


def _values(form: Form) -> tuple[dict[str, Any], int | None]:
    values = dict(form.cleaned_data)
    return values, values.pop("seen")


# ---- branches


@once_only
def branches(request: HttpRequest, edited: tuple[int, Form] | None = None) -> HttpResponse:
    """Where customers are served."""
    actor = request.actor
    require_kind(actor, "manage", Branch)
    form = BranchForm(request.POST if request.method == "POST" and not edited else None)
    if form.is_bound and form.is_valid():
        values, _seen = _values(form)
        if save(form, lambda: places.add_branch(by=actor, **values)):
            return done(request, _("The branch is open."), "branches")
    people = Count("memberbranch", filter=Q(memberbranch__member__is_active=True))
    rows = (
        visible(actor, Branch)
        .annotate(people=people)
        .order_by(F("closed_on").asc(nulls_first=True), "name")
    )
    counts = {row.pk: row.people for row in rows}
    listed = _rows(guard(actor, rows), BranchForm, ("name", "city", "phone"), edited)
    status = edited[1].status if edited else form.status
    return settings_page(
        request, "organization/branches.html", "branches", status, form=form,
        rows=[(*row, counts[row[0].pk]) for row in listed],
    )  # fmt: skip


@require_POST
def branch_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one branch."""
    branch = found(request.actor, Branch, pk)
    form = BranchForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        values, seen = _values(form)
        if save(
            form,
            lambda: places.change_branch(by=request.actor, branch=branch, values=values, seen=seen),
        ):
            return done(request, _("The branch is saved."), "branches")
    return branches(request, edited=(pk, form))


@require_POST
def branch_closing(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a branch."""
    branch = found(request.actor, Branch, pk)
    places.close_branch(by=request.actor, branch=branch, on=timezone.localdate())
    return done(request, _("The branch is closed."), "branches")


@require_POST
def branch_reopening(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a branch again."""
    places.reopen_branch(by=request.actor, branch=found(request.actor, Branch, pk))
    return done(request, _("The branch is open."), "branches")


# ---- teams


@once_only
def teams(request: HttpRequest, edited: tuple[int, Form] | None = None) -> HttpResponse:
    """People who share their work."""
    actor = request.actor
    require_kind(actor, "manage", Team)
    posted = request.POST if request.method == "POST" and not edited else None
    form = TeamForm(posted, actor=actor)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        branch = found(actor, Branch, given["branch_id"]) if given["branch_id"] else None
        if save(form, lambda: places.add_team(by=actor, name=given["name"], branch=branch)):
            return done(request, _("The team is made."), "teams")
    people = Count("memberteam", filter=Q(memberteam__member__is_active=True))
    rows = visible(actor, Team, "manage").select_related("branch").annotate(people=people)
    rows = rows.order_by("name")
    counts = {row.pk: row.people for row in rows}
    listed = _rows(
        guard(actor, rows), lambda **named: TeamForm(actor=actor, **named),
        ("name", "branch_id"), edited,
    )  # fmt: skip
    status = edited[1].status if edited else form.status
    return settings_page(
        request, "organization/teams.html", "teams", status, form=form,
        rows=[(*row, counts[row[0].pk]) for row in listed],
    )  # fmt: skip


@require_POST
def team_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one team."""
    team = found(request.actor, Team, pk)
    form = TeamForm(request.POST, actor=request.actor, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        values, seen = _values(form)
        if save(
            form,
            lambda: places.change_team(by=request.actor, team=team, values=values, seen=seen),
        ):
            return done(request, _("The team is saved."), "teams")
    return teams(request, edited=(pk, form))


@require_POST
def team_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Do away with a team."""
    places.remove_team(by=request.actor, team=found(request.actor, Team, pk))
    return done(request, _("The team is gone."), "teams")


# ---- rooms and devices


@once_only
def resources(request: HttpRequest, edited: tuple[int, Form] | None = None) -> HttpResponse:
    """What can be booked."""
    actor = request.actor
    require_kind(actor, "manage", Resource)
    posted = request.POST if request.method == "POST" and not edited else None
    form = ResourceForm(posted, actor=actor)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        branch = found(actor, Branch, given["branch_id"])
        if save(
            form,
            lambda: places.add_resource(
                by=actor, name=given["name"], kind=given["kind"], branch=branch
            ),
        ):
            return done(request, _("It can be booked now."), "resources")
    rows = visible(actor, Resource, "manage").select_related("branch")
    rows = rows.order_by(F("retired_on").asc(nulls_first=True), "branch__name", "kind", "name")
    listed = _rows(
        guard(actor, rows), lambda **named: ResourceForm(actor=actor, **named),
        ("name", "kind", "branch_id"), edited,
    )  # fmt: skip
    status = edited[1].status if edited else form.status
    return settings_page(
        request, "organization/resources.html", "resources", status, form=form, rows=listed
    )


@require_POST
def resource_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a room or a device."""
    resource = found(request.actor, Resource, pk)
    form = ResourceForm(request.POST, actor=request.actor, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        values, seen = _values(form)
        if save(
            form,
            lambda: places.change_resource(
                by=request.actor, resource=resource, values=values, seen=seen
            ),
        ):
            return done(request, _("It is saved."), "resources")
    return resources(request, edited=(pk, form))


@require_POST
def resource_retirement(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a room or a device out of use."""
    resource = found(request.actor, Resource, pk)
    places.retire_resource(by=request.actor, resource=resource, on=timezone.localdate())
    return done(request, _("It can no longer be booked."), "resources")


@require_POST
def resource_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it back into use."""
    places.use_resource_again(by=request.actor, resource=found(request.actor, Resource, pk))
    return done(request, _("It can be booked again."), "resources")
