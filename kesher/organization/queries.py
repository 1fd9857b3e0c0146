from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import BigIntegerField, DateField, Q, QuerySet

from kesher.core.access import Actor, sight, visible
from kesher.core.own.catalogue import stamp
from kesher.core.prepared import Mark, prepared
from kesher.organization.held import acting_as, with_belongings
from kesher.organization.models import Absence, Business, Classification, Member, SavedView

MOST_PINNED = 12


def business() -> Business:
    """The business that works here; before the first visit, an unsaved one with defaults."""
    rows = _business()
    return rows[0] if rows else Business(name="Kesher", weekend=[4, 5])


@prepared()
def _business() -> QuerySet[Business]:
    return Business.objects.annotate(own_fields_stamp=stamp()).order_by("pk")[:1]


def actor_of(member: Member) -> Actor:
    """The member as one who acts, with the rights, branches and teams of now."""
    known = with_belongings(member.pk)
    if known is None:
        raise Member.DoesNotExist(f"Member {member.pk} is gone.")
    return acting_as(known)


def member_acting(actor: Actor, member_id: int) -> Actor:
    """A member as one who acts, for work asked for earlier; the rights are those of now."""
    return actor_of(visible(actor, Member).get(pk=member_id))


def member_here(actor: Actor, member_id: int) -> Actor | None:
    """The same, if he still works here."""
    member = visible(actor, Member).filter(pk=member_id, is_active=True).first()
    return actor_of(member) if member else None


def owners(actor: Actor) -> QuerySet[Member]:
    """Who works here and answers for the business, each with his role."""
    rows = visible(actor, Member).filter(is_active=True, role__is_owner=True)
    return rows.select_related("role")


def saved_views(actor: Actor, kind: str) -> list[SavedView]:
    """The actor's views of one list, his own, his teams' and everybody's, and all that are pinned.

    Those pinned stand beside every page: a list's page asks for both at once.
    """
    return _saved(sight(actor, SavedView), kind)


@prepared()
def _saved(seen: Q, kind: str) -> QuerySet[SavedView]:
    """Those that are pinned, and with a kind those of its list."""
    return SavedView.objects.filter(seen, Q(kind=kind) | Q(is_pinned=True))


def pinned_views(actor: Actor, saved: Sequence[SavedView] | None = None) -> list[SavedView]:
    """The views that stand in the rail; whoever has read the saved ones already hands them in."""
    if saved is None:
        saved = saved_views(actor, "")
    pinned = [view for view in saved if view.is_pinned]
    return sorted(pinned, key=lambda view: view.name)[:MOST_PINNED]


def member_names(actor: Actor) -> list[tuple[int, str, bool]]:
    """Number, name and whether he works here now, of every member that the actor may see."""
    return _member_names(sight(actor, Member))


@prepared()
def _member_names(seen: Q) -> QuerySet:
    return Member.objects.filter(seen).order_by("name").values_list("pk", "name", "is_active")


def absence_of(actor: Actor, member_id: int, today: date) -> Absence | None:
    """Why a member is away today, if he is and the actor may know; the longest if several."""
    rows = _absences(sight(actor, Absence), member=member_id, today=today)
    return rows[0] if rows else None


@prepared(member=BigIntegerField(), today=DateField())
def _absences(seen: Q, member: Mark, today: Mark) -> QuerySet[Absence]:
    rows = Absence.objects.filter(seen, member=member, starts_on__lte=today, ends_on__gte=today)
    return rows.order_by("-ends_on")[:1]


def classifications_of(actor: Actor) -> list[Classification]:
    """The classifications that the actor is cleared for, the most open first."""
    rows = _classifications(sight(actor, Classification))
    return [row for row in rows if actor.cleared_for(row.key)]


@prepared()
def _classifications(seen: Q) -> QuerySet[Classification]:
    return Classification.objects.filter(seen).order_by("rank", "key")
