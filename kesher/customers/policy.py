"""Who sees which customers, and which of their fields."""

from django.db.models import Exists, OuterRef, Q

from kesher.core.access import OPEN, Actor, Link, Policy, policy_for, visible
from kesher.customers import models
from kesher.organization.presets import SECRET

CONTACT = "contact"
PERSONAL = "personal"


@policy_for(models.Customer)
class CustomerPolicy(Policy):
    owner = "owner"
    team = "team"
    branches = Link(models.CustomerBranch, "customer")
    fields = {
        "id": OPEN, "kind": OPEN, "first_name": OPEN, "last_name": OPEN, "name": OPEN,
        "sort_name": OPEN, "reference": OPEN, "gender": OPEN, "birth_on": PERSONAL,
        "language": OPEN, "phone": CONTACT, "email": CONTACT, "city": OPEN,
        "preferred_channel": OPEN, "preferred_member": OPEN, "preferred_days": OPEN,
        "preferred_from": OPEN, "preferred_until": OPEN, "owner": OPEN, "team": OPEN,
        "branches": OPEN, "tags": OPEN, "source": OPEN, "stage": OPEN, "since_on": OPEN,
        "about": PERSONAL, "own": SECRET, "archived_at": OPEN, "binned_at": OPEN,
        "created_at": OPEN, "is_demo": OPEN, "version": OPEN,
    }  # fmt: skip
    label = ("name",)


@policy_for(models.Source)
class SourcePolicy(Policy):
    fields = {f: OPEN for f in ("id", "name", "is_demo")}
    label = ("name",)


@policy_for(models.Tag)
class TagPolicy(Policy):
    fields = {f: OPEN for f in ("id", "name", "is_demo")}
    label = ("name",)


@policy_for(models.CustomerOwnValue)
class CustomerOwnValuePolicy(Policy):
    """Read only by lists, each row under the classification of its field."""

    within = "customer"
    fields = {
        "id": OPEN, "customer": OPEN, "slot": OPEN, "text": SECRET, "number": SECRET,
        "day": SECRET, "moment": SECRET,
    }  # fmt: skip


@policy_for(models.CustomerBranch)
class CustomerBranchPolicy(Policy):
    within = "customer"
    fields = {f: OPEN for f in ("id", "customer", "branch")}


@policy_for(models.CustomerTag)
class CustomerTagPolicy(Policy):
    within = "customer"
    fields = {f: OPEN for f in ("id", "customer", "tag")}


@policy_for(models.ContactPoint)
class ContactPointPolicy(Policy):
    """Reached only through a customer's own use of it."""

    fields = {
        f: CONTACT
        for f in (
            "id", "kind", "normal", "raw", "extension", "street", "city", "postcode", "country",
        )
    }  # fmt: skip
    label = ("raw",)


@policy_for(models.CustomerContact)
class CustomerContactPolicy(Policy):
    within = "customer"
    fields = {
        "id": OPEN, "customer": OPEN, "point": CONTACT, "label": CONTACT, "raw": CONTACT,
        "rank": OPEN, "valid_until": CONTACT,
    }  # fmt: skip
    label = ("raw",)


@policy_for(models.Tie)
class TiePolicy(Policy):
    within = "customer"
    fields = {f: OPEN for f in ("id", "customer", "other", "role", "title", "starts_on", "ends_on")}


@policy_for(models.Wish)
class WishPolicy(Policy):
    within = "customer"
    fields = {
        "id": OPEN, "customer": OPEN, "kind": OPEN, "text": PERSONAL, "folded": PERSONAL,
        "noted_on": OPEN, "noted_by": OPEN, "wanted_on": OPEN, "met_on": OPEN, "version": OPEN,
    }  # fmt: skip
    label = ("text",)


@policy_for(models.EmergencyAccess)
class EmergencyAccessPolicy(Policy):
    owner = "member"
    within = "customer"
    fields = dict.fromkeys(
        (
            "id", "customer", "member", "classification", "reason", "taken_at", "ends_at",
            "ended_by",
        ),
        OPEN,
    )  # fmt: skip
    label = ("reason",)


@policy_for(models.Merger)
class MergerPolicy(Policy):
    within = "survivor"
    fields = {
        f: OPEN
        for f in (
            "id", "survivor", "first_survivor", "numbers", "batch", "merged_by", "merged_by_id",
            "merged_at", "highest", "parted_by", "parted_at",
        )
    }  # fmt: skip


@policy_for(models.Tombstone)
class TombstonePolicy(Policy):
    within = "merger"
    fields = {"number": OPEN, "merger": OPEN, "name": OPEN, "reference": OPEN, "held": "secret"}
    label = ("name",)


@policy_for(models.MergedRow)
class MergedRowPolicy(Policy):
    within = "merger"
    fields = {f: OPEN for f in ("id", "merger", "table", "row", "column", "was", "twin")} | {
        "before": "secret"
    }


@policy_for(models.Apart)
class ApartPolicy(Policy):
    within = "customer"
    fields = {f: OPEN for f in ("id", "customer", "other", "said_by", "said_at")}


@policy_for(models.Alike)
class AlikePolicy(Policy):
    """Seen by those who see both, and may read all that was compared."""

    within = "customer"
    fields = {
        f: OPEN
        for f in (
            "id", "customer", "other", "score", "level", "is_strong", "features", "rests_on",
            "found_at",
        )
    }  # fmt: skip

    def rows(self, actor: Actor, action: str) -> Q:
        """Of those who hang on a customer in sight, the ones whose other half is in sight too."""
        rows = super().rows(actor, action)
        if actor.is_system:
            return rows
        other = visible(actor, models.Customer).filter(pk=OuterRef("other_id"))
        return rows & Q(Exists(other)) & Q(rests_on__in=readable_grounds(actor))


def readable_grounds(actor: Actor) -> list[str]:
    """What pairs may rest on of which the actor may read everything."""
    kept = [one for one in (CONTACT, PERSONAL) if actor.cleared_for(one)]
    return ["", *kept, " ".join((CONTACT, PERSONAL))] if len(kept) == 2 else ["", *kept]


@policy_for(models.MatchKey)
class MatchKeyPolicy(Policy):
    """For the comparison alone: names and numbers stand behind the keys."""

    fields = dict.fromkeys(("key", "number"), "secret")


@policy_for(models.MatchDue)
class MatchDuePolicy(Policy):
    fields = dict.fromkeys(("number", "is_keyed"), "secret")


@policy_for(models.NameCount)
class NameCountPolicy(Policy):
    fields = dict.fromkeys(("name", "count"), "secret")
