"""Who of us sees what of us. Colleagues' names are open; the rest is for those who run the place."""

from kesher.core.access import OPEN, Policy, policy_for
from kesher.organization import models

STAFF = "staff"  # what only those who manage people read


@policy_for(models.Business)
class BusinessPolicy(Policy):
    fields = {
        f: OPEN
        for f in (
            "name", "trade", "country", "currency", "time_zone", "week_start", "weekend",
            "language", "brand_colour", "logo", "is_demo", "version", "id",
        )
    }  # fmt: skip
    label = ("name",)


@policy_for(models.Branch)
class BranchPolicy(Policy):
    fields = {f: OPEN for f in ("id", "name", "city", "phone", "closed_on", "is_demo", "version")}
    label = ("name",)


@policy_for(models.Team)
class TeamPolicy(Policy):
    branch = "branch"
    fields = {f: OPEN for f in ("id", "name", "branch", "is_demo", "version")}
    label = ("name",)


@policy_for(models.Classification)
class ClassificationPolicy(Policy):
    fields = {f: OPEN for f in ("id", "key", "labels", "rank")}
    label = ("labels",)


@policy_for(models.Role)
class RolePolicy(Policy):
    fields = {f: OPEN for f in ("id", "key", "labels", "is_owner", "home", "version")}
    label = ("labels",)


@policy_for(models.Grant)
class GrantPolicy(Policy):
    fields = {f: OPEN for f in ("id", "role", "kind", "action", "scope")}


@policy_for(models.Clearance)
class ClearancePolicy(Policy):
    fields = {f: OPEN for f in ("id", "role", "classification")}


@policy_for(models.Member)
class MemberPolicy(Policy):
    owner = "id"
    fields = {
        "id": OPEN, "name": OPEN, "role": OPEN, "branches": OPEN, "teams": OPEN,
        "is_active": OPEN, "left_on": OPEN, "joined_on": OPEN, "language": OPEN, "version": OPEN,
        "email": OPEN, "phone": OPEN, "has_letter_keys": OPEN, "is_demo": OPEN,
        "last_login": STAFF, "password": "secret",
    }  # fmt: skip
    label = ("name",)


@policy_for(models.MemberBranch)
class MemberBranchPolicy(Policy):
    fields = {f: OPEN for f in ("id", "member", "branch")}


@policy_for(models.MemberTeam)
class MemberTeamPolicy(Policy):
    fields = {f: OPEN for f in ("id", "member", "team")}


@policy_for(models.Resource)
class ResourcePolicy(Policy):
    branch = "branch"
    fields = {f: OPEN for f in ("id", "name", "kind", "branch", "retired_on", "is_demo", "version")}
    label = ("name",)


@policy_for(models.Shift)
class ShiftPolicy(Policy):
    owner = "member"
    branch = "branch"
    fields = {
        f: OPEN
        for f in ("id", "member", "branch", "weekday", "starts", "ends", "since_on", "until_on")
    }


@policy_for(models.Absence)
class AbsencePolicy(Policy):
    owner = "member"
    within = "member"
    fields = {
        "id": OPEN, "member": OPEN, "starts_on": OPEN, "ends_on": OPEN, "deputy": OPEN,
        "kind": STAFF, "note": OPEN,
    }  # fmt: skip


@policy_for(models.Holiday)
class HolidayPolicy(Policy):
    fields = {f: OPEN for f in ("id", "day", "name", "branch", "is_demo")}
    label = ("name",)


@policy_for(models.Invitation)
class InvitationPolicy(Policy):
    fields = {
        "id": OPEN, "email": OPEN, "name": OPEN, "role": OPEN, "branches": OPEN, "language": OPEN,
        "invited_by": OPEN, "expires_at": OPEN, "accepted_at": OPEN, "digest": "secret",
    }  # fmt: skip


@policy_for(models.SavedView)
class SavedViewPolicy(Policy):
    """A view is seen by its owner, by its team, and by all when shared."""

    owner = "owner"
    team = "team"
    fields = {
        f: OPEN
        for f in ("id", "name", "kind", "query", "owner", "team", "is_shared", "is_pinned", "is_demo", "version")
    }
    label = ("name",)


@policy_for(models.RecentRecord)
class RecentRecordPolicy(Policy):
    owner = "member"
    fields = {f: OPEN for f in ("id", "member", "kind", "record_id", "opened_at")}
