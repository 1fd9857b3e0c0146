"""Who of us sees what of us. Names of colleagues are open; the rest is for those who manage."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from kesher.core.access import NOTHING, OPEN, Actor, Link, Policy, Scope, policy_for
from kesher.organization import models

STAFF = "staff"  # what only those who manage people read


class OfMember(Policy):
    """What belongs to a member; a branch's are those of the members who work in it."""

    owner = "member"
    within = "member"

    def shared(self, actor: Actor, scope: Scope) -> Q:
        if scope != Scope.BRANCH:
            return NOTHING if scope == Scope.TEAM else super().shared(actor, scope)
        held = models.MemberBranch.objects.filter(
            member=OuterRef("member_id"), branch__in=actor.branches
        )
        return Q(Exists(held)) | Q(member=actor.member_id)


@policy_for(models.Business)
class BusinessPolicy(Policy):
    fields = dict.fromkeys(
        (
            "id", "name", "trade", "country", "currency", "time_zone", "week_start", "weekend",
            "language", "brand_colour", "logo", "is_demo", "version",
        ),
        OPEN,
    )  # fmt: skip
    label = ("name",)


@policy_for(models.Branch)
class BranchPolicy(Policy):
    fields = dict.fromkeys(("id", "name", "city", "phone", "closed_on", "is_demo", "version"), OPEN)
    label = ("name",)


@policy_for(models.Team)
class TeamPolicy(Policy):
    branch = "branch"
    fields = dict.fromkeys(("id", "name", "branch", "is_demo", "version"), OPEN)
    label = ("name",)


@policy_for(models.Classification)
class ClassificationPolicy(Policy):
    fields = dict.fromkeys(("id", "key", "labels", "rank", "is_watched"), OPEN)
    label = ("labels",)


@policy_for(models.Role)
class RolePolicy(Policy):
    fields = dict.fromkeys(("id", "key", "labels", "is_owner", "home", "version"), OPEN)
    label = ("labels",)


@policy_for(models.Grant)
class GrantPolicy(Policy):
    fields = dict.fromkeys(("id", "role", "kind", "action", "scope"), OPEN)


@policy_for(models.Clearance)
class ClearancePolicy(Policy):
    fields = dict.fromkeys(("id", "role", "classification"), OPEN)


@policy_for(models.AccessRecord)
class AccessRecordPolicy(Policy):
    fields = dict.fromkeys(
        (
            "id", "kind", "record_id", "what", "classification", "rows", "surface", "member_id",
            "member_name", "viewed_as", "read_at",
        ),
        OPEN,
    )  # fmt: skip
    label = ("member_name",)


@policy_for(models.Member)
class MemberPolicy(Policy):
    owner = "id"
    branches = Link(models.MemberBranch, "member")
    fields = {
        "id": OPEN, "name": OPEN, "role": OPEN, "branches": OPEN, "teams": OPEN,
        "is_active": OPEN, "left_on": OPEN, "joined_on": OPEN, "language": OPEN, "version": OPEN,
        "email": OPEN, "phone": OPEN, "has_letter_keys": OPEN, "is_demo": OPEN,
        "last_login": STAFF, "password": "secret",
    }  # fmt: skip
    label = ("name",)


@policy_for(models.Session)
class SessionPolicy(OfMember):
    fields = {
        "member": OPEN, "device": OPEN, "address": OPEN, "created_at": OPEN, "seen_at": OPEN,
        "expire_date": OPEN, "session_key": "secret", "session_data": "secret",
    }  # fmt: skip


@policy_for(models.MemberBranch)
class MemberBranchPolicy(Policy):
    fields = dict.fromkeys(("id", "member", "branch"), OPEN)


@policy_for(models.MemberTeam)
class MemberTeamPolicy(Policy):
    fields = dict.fromkeys(("id", "member", "team"), OPEN)


@policy_for(models.Resource)
class ResourcePolicy(Policy):
    branch = "branch"
    fields = dict.fromkeys(
        ("id", "name", "kind", "branch", "retired_on", "is_demo", "version"), OPEN
    )
    label = ("name",)


@policy_for(models.Shift)
class ShiftPolicy(Policy):
    owner = "member"
    branch = "branch"
    fields = dict.fromkeys(
        ("id", "member", "branch", "weekday", "starts", "ends", "since_on", "until_on"), OPEN
    )


@policy_for(models.Absence)
class AbsencePolicy(OfMember):
    fields = {
        "id": OPEN, "member": OPEN, "starts_on": OPEN, "ends_on": OPEN, "deputy": OPEN,
        "kind": STAFF, "note": OPEN,
    }  # fmt: skip


@policy_for(models.Holiday)
class HolidayPolicy(Policy):
    fields = dict.fromkeys(("id", "day", "name", "branch", "is_demo"), OPEN)
    label = ("name",)


@policy_for(models.Invitation)
class InvitationPolicy(Policy):
    owner = "invited_by"
    fields = {
        "id": OPEN, "email": OPEN, "name": OPEN, "role": OPEN, "branches": OPEN, "language": OPEN,
        "invited_by": OPEN, "expires_at": OPEN, "accepted_at": OPEN, "digest": "secret",
    }  # fmt: skip


@policy_for(models.SavedView)
class SavedViewPolicy(Policy):
    """A view is seen by its owner, by its team, and by all when shared."""

    owner = "owner"
    team = "team"

    def rows(self, actor: Actor, action: str) -> Q:
        """Shared views are there for everybody; nobody sees another's private ones."""
        if action == "view" and not actor.is_system:
            mine = super().shared(actor, min(actor.scope(self.model, action), Scope.TEAM))
            return mine | Q(is_shared=True)
        return super().rows(actor, action)

    fields = dict.fromkeys(
        (
            "id",
            "name",
            "kind",
            "query",
            "owner",
            "team",
            "is_shared",
            "is_pinned",
            "is_demo",
            "version",
        ),
        OPEN,
    )
    label = ("name",)


@policy_for(models.RecentRecord)
class RecentRecordPolicy(Policy):
    owner = "member"
    fields = dict.fromkeys(("id", "member", "kind", "record_id", "opened_at"), OPEN)
