"""Who is away, and who stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.core.access import Actor, Guarded, Scope, guard, require_kind, visible
from kesher.organization.commands.working_hours import cancel_absence, plan_absence
from kesher.organization.models import Absence, Member
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.web.organization.frame import done, settings_page
from kesher.web.organization.member_forms import AbsenceForm
from kesher.web.organization.saving import save


@dataclass(frozen=True)
class AbsenceRow:
    """One absence as a reader sees it. Why a colleague is away is told to few."""

    absence: Guarded
    kind: Any
    is_now: bool
    is_manageable: bool
    lacks_deputy: bool


def absence_rows(actor: Actor, rows: QuerySet[Absence]) -> list[AbsenceRow]:
    """Absences with what the reader may know of them; a deputy who fell away is marked."""
    rows = rows.select_related("member", "deputy").order_by("starts_on", "pk")
    records = list(rows)
    mine = set(visible(actor, Absence, "manage").filter(pk__in=[r.pk for r in records])
               .values_list("pk", flat=True))  # fmt: skip
    away = [(r.member_id, r.starts_on, r.ends_on) for r in visible(actor, Absence).filter(
        member__in=[r.deputy_id for r in records if r.deputy_id])]  # fmt: skip
    today = timezone.localdate()
    return [
        AbsenceRow(
            absence=shown,
            kind=record.get_kind_display()
            if record.member_id == actor.member_id
            else shown.get_kind_display,
            is_now=record.starts_on <= today <= record.ends_on,
            is_manageable=record.pk in mine,
            lacks_deputy=_fell_away(record, away),
        )
        for record, shown in zip(records, guard(actor, records), strict=True)
    ]


def _fell_away(record: Absence, away: list[tuple]) -> bool:
    if record.deputy is None:
        return False
    return not record.deputy.is_active or any(
        member == record.deputy_id and first <= record.ends_on and last >= record.starts_on
        for member, first, last in away
    )


@once_only
def absences(request: HttpRequest) -> HttpResponse:
    """Absences from today on, and a form for one more."""
    actor = request.actor
    require_kind(actor, "manage", Absence)
    members = visible(actor, Member).filter(is_active=True).order_by("name")
    people = [(pk, name) for pk, name in members.values_list("pk", "name")]
    if actor.scope(Absence, "manage") == Scope.OWN:
        people = [pair for pair in people if pair[0] == actor.member_id]
    form = AbsenceForm(
        request.POST or None, actor=actor, members=people, initial={"member": actor.member_id}
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["member"] = found(actor, Member, given["member"])
        given["deputy"] = found(actor, Member, given["deputy"]) if given["deputy"] else None
        if save(form, lambda: plan_absence(by=actor, **given)):
            return done(request, _("The absence is planned."), "absences")
    rows = visible(actor, Absence).filter(ends_on__gte=timezone.localdate())
    return settings_page(
        request, "organization/absences.html", "absences", form.status, form=form,
        rows=absence_rows(actor, rows),
    )  # fmt: skip


@require_POST
def absence_cancelling(request: HttpRequest, pk: int) -> HttpResponse:
    """Be there after all."""
    cancel_absence(by=request.actor, absence=found(request.actor, Absence, pk, "member"))
    return done(request, _("The absence is cancelled."), "absences")
