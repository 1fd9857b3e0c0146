"""Roles: a matrix to read, and one role after the other to edit in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import Actor, Scope, require_kind, visible
from kesher.organization.commands import roles as commands
from kesher.organization.commands.watching import stop_watching, watch_classification
from kesher.organization.held import rights_of
from kesher.organization.limits import is_within
from kesher.organization.models import Classification, Language, Role
from kesher.organization.presets import CLASSIFICATIONS, ROLES
from kesher.organization.rights import ACTION_LABELS, ACTIONS, RIGHTS, Right, cells_of
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.surface.page import is_fragment
from kesher.web.organization.frame import done, settings_page
from kesher.web.organization.saving import Form, save


class LabelsForm(Form):
    """A name in each language; at least one."""

    en = forms.CharField(label="English", max_length=60, required=False)
    he = forms.CharField(label="עברית", max_length=60, required=False)
    el = forms.CharField(label="Ελληνικά", max_length=60, required=False)


class NewRoleForm(LabelsForm):
    """A role that begins like another one."""

    like = forms.TypedChoiceField(label=gettext_lazy("Begins with the rights of"), coerce=int)

    field_order = ("like", *Language.values)

    def __init__(self, *args: Any, roles: list[Role], **named: Any):
        super().__init__(*args, **named)
        self.fields["like"].choices = [(role.pk, str(role)) for role in roles]


@dataclass(frozen=True)
class Reach:
    """What a role may do to one kind within one scope, in words."""

    scope: Any
    actions: str


@dataclass(frozen=True)
class Cell:
    """One action on one kind, as a choice of scopes; none where there is no such action."""

    kind: str
    action: str
    scope: Scope
    choices: list[tuple[int, Any]]

    @property
    def action_label(self) -> Any:
        return ACTION_LABELS[self.action]

    @property
    def said(self) -> Any:
        return dict(self.choices)[int(self.scope)]


@dataclass(frozen=True)
class Kept:
    """One classification: whether it is one's own, who reads it, and the form that names it."""

    one: Classification
    is_own: bool
    readers: list[bool]
    form: Form


def _said(right: Right, cells: Mapping[tuple[str, str], Scope]) -> list[Reach]:
    """The cells of one kind, the widest scope first: "Branch: see, add"."""
    held: dict[Scope, list[str]] = {}
    for action in right.actions:
        scope = cells[right.kind, action]
        if scope > Scope.NONE:
            held.setdefault(scope, []).append(str(ACTION_LABELS[action]))
    return [
        Reach(right.scope_label(scope), ", ".join(held[scope]))
        for scope in sorted(held, reverse=True)
    ]


def _known(actor: Actor) -> list[Role]:
    """Every role, with how many have it."""
    people = Count("members", filter=Q(members__is_active=True))
    return list(visible(actor, Role).annotate(people=people).order_by("pk"))


def _likes(actor: Actor, known: list[Role]) -> list[Role]:
    """The roles from which a new one may begin."""
    return [role for role in known if not role.is_owner and is_within(actor, role)]


@once_only
def roles(request: HttpRequest) -> HttpResponse:
    """What every role may see and do, on one page."""
    actor = request.actor
    require_kind(actor, "manage", Role)
    known = _known(actor)
    form = NewRoleForm(request.POST or None, roles=_likes(actor, known))
    if request.method == "POST" and form.is_valid():
        like = found(actor, Role, form.cleaned_data["like"])
        if save(form, lambda: commands.add_role(by=actor, labels=form.cleaned_data, like=like)):
            return done(request, _("The role is made."), "roles")
    return _roles_page(request, known, form)


def _roles_page(
    request: HttpRequest,
    known: list[Role],
    form: Form,
    kept_form: Form | None = None,
    renamed: tuple[int, Form] | None = None,
) -> HttpResponse:
    held = {role.pk: rights_of(role) for role in known}
    cells = {pk: cells_of(grants) for pk, (grants, _cleared) in held.items()}
    kinds = [
        (right.label, [None if role.is_owner else _said(right, cells[role.pk]) for role in known])
        for right in RIGHTS
    ]
    kept = [
        Kept(
            one, one.key not in CLASSIFICATIONS, [one.key in held[role.pk][1] for role in known],
            renamed[1] if renamed and renamed[0] == one.pk
            else LabelsForm(initial=one.labels, auto_id=f"id_{one.pk}_%s"),
        )
        for one in visible(request.actor, Classification)
    ]  # fmt: skip
    refused = kept_form or (renamed[1] if renamed else form)
    status = refused.status
    return settings_page(
        request, "organization/roles.html", "roles", status, roles=known, kinds=kinds,
        classifications=kept, form=form, kept_form=kept_form or LabelsForm(auto_id="id_kept_%s"),
    )  # fmt: skip


@require_safe
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """One role, edited in place."""
    return _role_page(request, pk)


def _role_page(request: HttpRequest, pk: int, names: LabelsForm | None = None) -> HttpResponse:
    require_kind(request.actor, "manage", Role)
    shown = found(request.actor, Role, pk)
    return settings_page(
        request, "organization/role.html", "roles", names.status if names else 200,
        names=names or LabelsForm(initial=shown.labels), **_of_role(request, shown),
    )  # fmt: skip


def _of_role(request: HttpRequest, shown: Role) -> dict[str, Any]:
    grants, cleared = rights_of(shown)
    cells = cells_of(grants)
    rows = [(right.label, [_cell(right, action, cells) for action in ACTIONS]) for right in RIGHTS]
    preset = any(one.key == shown.key for one in ROLES.get(request.business.trade, ()))
    return {
        "role": shown,
        "rows": rows,
        "actions": [ACTION_LABELS[action] for action in ACTIONS],
        "classifications": [
            (one, one.key in cleared, one.key == "open" or not request.actor.cleared_for(one.key))
            for one in visible(request.actor, Classification)
        ],
        "is_editable": not shown.is_owner and is_within(request.actor, shown),
        "has_preset": preset and not shown.is_owner,
        "people": shown.members.filter(is_active=True).count(),
    }


def _cell(right: Right, action: str, cells: Mapping[tuple[str, str], Scope]) -> Cell | None:
    if action not in right.actions:
        return None
    choices = [(int(scope), right.scope_label(scope)) for scope in right.scopes]
    return Cell(right.kind, action, cells[right.kind, action], choices)


def _edited(request: HttpRequest, changed: Role, said: str) -> HttpResponse:
    """The matrix anew: as a fragment where it was edited in place, else the page again."""
    if not is_fragment(request):
        return done(request, said, "role", changed.pk)
    return render(request, "organization/_role_rights.html", _of_role(request, changed))


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    if not value.isdecimal() or len(value) > 9:
        raise Http404
    return int(value)


@require_POST
def right(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how far a role may do one thing."""
    scope = _number(request, "scope")
    if scope not in set(Scope):
        raise Http404
    changed = commands.set_right(
        by=request.actor, role=found(request.actor, Role, pk), kind=request.POST.get("kind", ""),
        action=request.POST.get("action", ""), scope=Scope(scope), seen=_number(request, "seen"),
    )  # fmt: skip
    return _edited(request, changed, _("The right is changed."))


@require_POST
def clearance(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a role read a classification, or no longer."""
    command = commands.give_clearance if request.POST.get("cleared") else commands.take_clearance
    changed = command(
        by=request.actor, role=found(request.actor, Role, pk), seen=_number(request, "seen"),
        classification=found(request.actor, Classification, _number(request, "classification")),
    )  # fmt: skip
    return _edited(request, changed, _("The clearance is changed."))


@require_POST
def preset(request: HttpRequest, pk: int) -> HttpResponse:
    """Go back to what the trade began with."""
    changed = commands.restore_preset(
        by=request.actor, role=found(request.actor, Role, pk), seen=_number(request, "seen")
    )
    return _edited(request, changed, _("The role is as it was at the beginning."))


@require_POST
def naming(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a role something else."""
    named = found(request.actor, Role, pk)
    form = LabelsForm(request.POST)
    if form.is_valid() and save(
        form, lambda: commands.rename_role(by=request.actor, role=named, labels=form.cleaned_data)
    ):
        return done(request, _("The name is saved."), "role", pk)
    return _role_page(request, pk, form)


@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Do away with a role."""
    commands.remove_role(by=request.actor, role=found(request.actor, Role, pk))
    return done(request, _("The role is gone."), "roles")


# ---- classifications


@require_POST
@once_only
def classification_new(request: HttpRequest) -> HttpResponse:
    """Add a classification of one's own."""
    require_kind(request.actor, "manage", Classification)
    form = LabelsForm(request.POST, auto_id="id_kept_%s")
    if form.is_valid() and save(
        form, lambda: commands.add_classification(by=request.actor, labels=form.cleaned_data)
    ):
        return done(request, _("The classification is added."), "roles")
    known = _known(request.actor)
    return _roles_page(request, known, NewRoleForm(roles=_likes(request.actor, known)), form)


@require_POST
def classification_naming(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a classification something else."""
    named = found(request.actor, Classification, pk)
    form = LabelsForm(request.POST)
    if form.is_valid() and save(
        form,
        lambda: commands.rename_classification(
            by=request.actor, classification=named, labels=form.cleaned_data
        ),
    ):
        return done(request, _("The name is saved."), "roles")
    known = _known(request.actor)
    return _roles_page(
        request, known, NewRoleForm(roles=_likes(request.actor, known)), renamed=(pk, form)
    )


@require_POST
def classification_watching(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep who reads what carries a classification, or no longer."""
    one = found(request.actor, Classification, pk)
    if request.POST.get("watched"):
        watch_classification(by=request.actor, classification=one)
        return done(request, _("Each reading is kept from now on."), "roles")
    stop_watching(by=request.actor, classification=one)
    return done(request, _("Readings are kept no longer."), "roles")


@require_POST
def classification_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Do away with an own classification."""
    commands.remove_classification(
        by=request.actor, classification=found(request.actor, Classification, pk)
    )
    return done(request, _("The classification is gone."), "roles")
