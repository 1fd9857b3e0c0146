"""What can be granted, in the words of the matrix of roles: kinds, their actions, what goes along.

A person grants "Customers: change, own branch" once; the tables that make up a customer follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kesher.core.access import Scope

ACTIONS = ("view", "add", "change", "bin", "export", "merge", "manage")
ACTION_LABELS = {
    "view": pgettext_lazy("right", "See"),
    "add": pgettext_lazy("right", "Add"),
    "change": pgettext_lazy("right", "Change"),
    "bin": pgettext_lazy("right", "Bin"),
    "export": pgettext_lazy("right", "Export"),
    "merge": pgettext_lazy("right", "Merge"),
    "manage": pgettext_lazy("right", "Manage"),
}
SCOPE_LABELS = {
    Scope.NONE: pgettext_lazy("scope", "No"),
    Scope.OWN: pgettext_lazy("scope", "Own"),
    Scope.TEAM: pgettext_lazy("scope", "Team"),
    Scope.BRANCH: pgettext_lazy("scope", "Branch"),
    Scope.ALL: pgettext_lazy("scope", "All"),
}
# Kinds that hang on a customer: what somebody may see of them ends where his customers end.
WITHIN_LABELS = {
    Scope.NONE: pgettext_lazy("scope", "No"),
    Scope.OWN: pgettext_lazy("scope", "Own"),
    Scope.TEAM: pgettext_lazy("scope", "As customers"),
}
CUSTOMER = "customers.customer"
OWN, TEAM, BRANCH, ALL = Scope.OWN, Scope.TEAM, Scope.BRANCH, Scope.ALL


@dataclass(frozen=True)
class Right:
    """One line of the matrix: a kind, what can be done to it, how far, and what goes along."""

    kind: str
    label: Any
    actions: tuple[str, ...]
    scopes: tuple[Scope, ...] = (Scope.NONE, OWN, TEAM, BRANCH, ALL)
    along: Mapping[str, Scope] = field(default_factory=dict)  # kind -> the least scope it takes
    is_within: bool = False  # it hangs on a customer

    def scope_label(self, scope: Scope) -> Any:
        """The scope in words, as this kind understands it."""
        if self.is_within:
            return WITHIN_LABELS[min(scope, TEAM)]
        return SCOPE_LABELS[scope]


NO_OR_ALL = (Scope.NONE, ALL)
WITHIN = (Scope.NONE, OWN, TEAM)
BY_BRANCH = (Scope.NONE, BRANCH, ALL)

RIGHTS = (
    Right(
        CUSTOMER, _("Customers"), ("view", "add", "change", "bin", "export", "merge"),
        along={
            "customers.customerbranch": TEAM, "customers.customertag": TEAM,
            "customers.customercontact": TEAM, "customers.tie": TEAM, "customers.wish": TEAM,
            "customers.merger": TEAM, "customers.tombstone": TEAM, "customers.mergedrow": TEAM,
            "customers.apart": TEAM, "customers.alike": TEAM,
            "engagement.consent": TEAM, "engagement.customerpulse": TEAM,
            "engagement.presence": TEAM,
            "customers.tag": ALL, "customers.source": ALL,
        },
    ),
    Right("engagement.touch", _("Touches and notes"), ("view", "add", "change", "bin"), WITHIN,
          is_within=True),
    Right("engagement.task", _("Tasks"), ("view", "add", "change", "bin", "export")),
    Right("engagement.attachment", _("Files"), ("view", "add", "change", "bin"), WITHIN,
          is_within=True),
    Right("engagement.message", _("Messages"), ("view", "add"), WITHIN, is_within=True),
    Right("engagement.donotcontact", _("Do-not-contact list"),
          ("view", "add", "change", "export", "manage"), (Scope.NONE, OWN, ALL)),
    Right("billing.purchase", _("Purchases"), ("view", "add", "change", "export"),
          (Scope.NONE, TEAM), along={"billing.purchasesummary": TEAM}, is_within=True),
    Right("catalog.product", _("Products"), ("view", "add", "change", "export"), NO_OR_ALL,
          along={"catalog.price": ALL}),
    Right("organization.member", _("Members"), ("export", "manage"), BY_BRANCH,
          along={"organization.invitation": OWN, "organization.session": OWN}),
    Right("organization.shift", _("Shifts"), ("manage",),
          (Scope.NONE, OWN, BRANCH, ALL)),
    Right("organization.absence", _("Absences"), ("manage",),
          (Scope.NONE, OWN, BRANCH, ALL)),
    Right("organization.resource", _("Rooms and devices"), ("manage",), BY_BRANCH),
    Right("organization.team", _("Teams"), ("manage",), BY_BRANCH),
    Right("organization.branch", _("Branches"), ("manage",), NO_OR_ALL),
    Right("organization.savedview", _("Views shared with everybody"), ("manage",), NO_OR_ALL),
    Right("organization.business", _("Settings of the business"), ("manage",), NO_OR_ALL,
          along={"organization.holiday": ALL, "engagement.messagetext": ALL,
                 "core.ownfield": ALL}),
    Right("customers.emergencyaccess", _("Emergency access"), ("view", "add", "manage"),
          (Scope.NONE, OWN, ALL)),
    Right("organization.accessrecord", _("Log of readings"), ("view",), NO_OR_ALL),
    Right("organization.role", _("Roles and classifications"), ("manage",), NO_OR_ALL,
          along={"organization.classification": ALL, "organization.grant": ALL,
                 "organization.clearance": ALL}),
)  # fmt: skip
BY_KIND = {right.kind: right for right in RIGHTS}

# What every member of staff has, whatever the role: names of our own things, and private ones.
EVERYBODY: tuple[tuple[str, str, Scope], ...] = (
    *(
        (f"organization.{kind}", "view", ALL)
        for kind in (
            "business", "branch", "team", "classification", "role", "grant", "clearance",
            "member", "memberbranch", "memberteam", "resource", "holiday", "shift", "absence",
        )
    ),
    ("organization.member", "change", OWN),
    ("organization.session", "view", OWN),
    ("organization.session", "manage", OWN),
    ("organization.savedview", "view", TEAM),
    *(("organization.savedview", action, OWN) for action in ("add", "change", "bin")),
    *(("organization.recentrecord", action, OWN) for action in ("view", "add", "change")),
    *(("engagement.notification", action, OWN) for action in ("view", "change")),
    *(("engagement.draft", action, OWN) for action in ("view", "add", "change", "bin")),
)  # fmt: skip
# Even an owner looks at his own of these only.
PRIVATE = frozenset({"organization.recentrecord", "engagement.notification", "engagement.draft"})


def spread(kind: str, action: str, scope: Scope, reach: Scope) -> Iterator[tuple[str, str, Scope]]:
    """The rows of grants that one cell of the matrix stands for.

    `reach` is how far the role sees customers: kinds that hang on them are stored as far.
    """
    right = BY_KIND[kind]
    if scope == Scope.NONE:
        return
    stored = max(scope, reach) if right.is_within and scope > OWN else scope
    yield kind, action, stored
    for follower, least in right.along.items():
        yield follower, action, max(stored, least)


def rows_of(cells: Mapping[tuple[str, str], Scope]) -> dict[tuple[str, str], Scope]:
    """All rows of grants of a role whose matrix holds these cells."""
    rows = {(kind, action): scope for kind, action, scope in EVERYBODY}
    reach = cells.get((CUSTOMER, "view"), Scope.NONE)
    for (kind, action), scope in cells.items():
        for held, what, far in spread(kind, action, scope, reach):
            rows[held, what] = max(far, rows.get((held, what), Scope.NONE))
    return rows


def cells_of(rows: Mapping[tuple[str, str], Scope]) -> dict[tuple[str, str], Scope]:
    """The cells of the matrix that a role's rows of grants show as."""
    return {
        (right.kind, action): _shown(right, rows.get((right.kind, action), Scope.NONE))
        for right in RIGHTS
        for action in right.actions
    }


def _shown(right: Right, scope: Scope) -> Scope:
    return min(scope, TEAM) if right.is_within else scope
