"""What a business of each trade begins with: classifications, roles, what they may and may read.

The owner edits all of it afterwards; nothing here is asked again once the business stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Scope
from kesher.organization.rights import ALL, BRANCH, CUSTOMER, OWN, TEAM

Cells = dict[tuple[str, str], Scope]

TRADES = {
    "clinic": _("Clinic or practice"),
    "shop": _("Shop"),
    "call_centre": _("Call centre"),
    "field_service": _("Field service"),
    "advisers": _("Advisers or consultants"),
}

CLASSIFICATIONS: dict[str, dict[str, str]] = {
    "open": {"en": "Open", "he": "פתוח", "el": "Ανοιχτά"},
    "contact": {"en": "Contact details", "he": "פרטי קשר", "el": "Στοιχεία επικοινωνίας"},
    "personal": {"en": "Personal", "he": "אישי", "el": "Προσωπικά"},
    "financial": {"en": "Financial", "he": "כספי", "el": "Οικονομικά"},
    "health": {"en": "Health", "he": "רפואי", "el": "Υγείας"},
    "confidential": {"en": "Confidential", "he": "חסוי", "el": "Εμπιστευτικά"},
    "staff": {"en": "Staff matters", "he": "ענייני צוות", "el": "Θέματα προσωπικού"},
}
WATCHED = ("health", "confidential")  # who reads these is kept
SECRET = "secret"  # noqa: S105 - a classification: nobody is cleared for it, so it is no row


@dataclass(frozen=True)
class RolePreset:
    """A role as it is set up: its name in three languages, its cells, its clearances."""

    key: str
    labels: dict[str, str]
    cells: Mapping[tuple[str, str], Scope] = field(default_factory=dict)
    clearances: tuple[str, ...] = ()
    is_owner: bool = False


def _cells(kind: str, scope: Scope, actions: str) -> Cells:
    return {(kind, action): scope for action in actions.split()}


def _served(scope: Scope, *, tasks: Scope | None = None) -> Cells:
    """Serving customers within a scope: see, add, change; touches, tasks, files, messages."""
    return {
        **_cells(CUSTOMER, scope, "view add change"),
        **_cells("engagement.touch", TEAM, "view add"),
        **_cells("engagement.touch", OWN, "change bin"),
        **_cells("engagement.task", tasks or scope, "view add change"),
        **_cells("engagement.attachment", TEAM, "view add"),
        **_cells("engagement.attachment", OWN, "change bin"),
        **_cells("engagement.message", TEAM, "view add"),
        **_cells("engagement.donotcontact", ALL, "view add"),
        **_cells("engagement.donotcontact", OWN, "change"),
        **_cells("catalog.product", ALL, "view"),
        **_cells("organization.absence", OWN, "manage"),
    }


def _run(scope: Scope) -> Cells:
    """Running a branch: all that is served there, and the people and rooms of it."""
    return {
        **_served(scope),
        **_cells(CUSTOMER, scope, "bin export merge"),
        **_cells("engagement.touch", TEAM, "change bin"),
        **_cells("engagement.task", scope, "bin export"),
        **_cells("engagement.attachment", TEAM, "change bin"),
        **_cells("engagement.donotcontact", ALL, "change export manage"),
        **_cells("billing.purchase", TEAM, "view add change export"),
        **_cells("catalog.product", ALL, "add change export"),
        **_cells("organization.member", scope, "manage export"),
        **_cells("organization.shift", scope, "manage"),
        **_cells("organization.absence", scope, "manage"),
        **_cells("organization.resource", scope, "manage"),
        **_cells("organization.team", scope, "manage"),
        **_cells("organization.savedview", ALL, "manage"),
        **_cells("customers.emergencyaccess", OWN, "view add"),
    }


def _treated(scope: Scope) -> Cells:
    """Treating customers: what was not meant for one's eyes may be opened in an emergency."""
    return {**_served(scope), **_cells("customers.emergencyaccess", OWN, "view add")}


def _kept() -> Cells:
    """Keeping the books: every customer and purchase is seen, nothing else is touched."""
    return {
        **_cells(CUSTOMER, ALL, "view export"),
        **_cells("engagement.touch", TEAM, "view add"),
        **_cells("engagement.touch", OWN, "change bin"),
        **_cells("engagement.task", OWN, "view add change"),
        **_cells("billing.purchase", TEAM, "view add change export"),
        **_cells("catalog.product", ALL, "view add change export"),
        **_cells("organization.absence", OWN, "manage"),
    }


def _sold(scope: Scope) -> Cells:
    """Serving and selling: purchases are seen and added."""
    return {**_served(scope), **_cells("billing.purchase", TEAM, "view add")}


OWNER = RolePreset("owner", {"en": "Owner", "he": "בעלים", "el": "Ιδιοκτήτης"}, is_owner=True)
MANAGER = RolePreset(
    "manager",
    {"en": "Branch manager", "he": "ניהול סניף", "el": "Διευθυντής υποκαταστήματος"},
    _run(BRANCH),
    ("contact", "personal", "financial", "confidential", "staff"),
)
BOOKKEEPER = RolePreset(
    "bookkeeper",
    {"en": "Bookkeeper", "he": "הנהלת חשבונות", "el": "Λογιστήριο"},
    _kept(),
    ("contact", "financial"),
)
AGENT = RolePreset(
    "agent",
    {"en": "Call agent", "he": "מענה טלפוני", "el": "Τηλεφωνική εξυπηρέτηση"},
    _served(OWN),
    ("contact",),
)

ROLES: dict[str, tuple[RolePreset, ...]] = {
    "clinic": (
        OWNER,
        MANAGER,
        RolePreset(
            "receptionist", {"en": "Receptionist", "he": "דלפק קבלה", "el": "Γραμματεία"},
            _served(BRANCH), ("contact", "personal"),
        ),
        RolePreset(
            "dentist", {"en": "Dentist", "he": "רפואת שיניים", "el": "Οδοντίατρος"},
            _treated(BRANCH), ("contact", "personal", "health"),
        ),
        RolePreset(
            "hygienist", {"en": "Hygienist", "he": "שיננות", "el": "Στοματική υγιεινή"},
            _treated(BRANCH), ("contact", "personal", "health"),
        ),
        BOOKKEEPER,
        AGENT,
    ),
    "shop": (
        OWNER,
        MANAGER,
        RolePreset(
            "seller", {"en": "Shop assistant", "he": "מכירות", "el": "Πωλητής"},
            _sold(BRANCH), ("contact", "financial"),
        ),
        RolePreset(
            "storekeeper", {"en": "Stock keeper", "he": "מחסן", "el": "Αποθήκη"},
            {
                **_cells(CUSTOMER, BRANCH, "view"),
                **_cells("engagement.task", OWN, "view add change"),
                **_cells("catalog.product", ALL, "view add change export"),
                **_cells("organization.absence", OWN, "manage"),
            },
        ),
        BOOKKEEPER,
        AGENT,
    ),
    "call_centre": (
        OWNER,
        MANAGER,
        RolePreset(
            "supervisor", {"en": "Team lead", "he": "ניהול צוות", "el": "Επικεφαλής ομάδας"},
            {
                **_served(TEAM),
                **_cells(CUSTOMER, TEAM, "export"),
                **_cells("engagement.touch", TEAM, "change"),
            },
            ("contact", "personal"),
        ),
        RolePreset(
            "reviewer", {"en": "Quality reviewer", "he": "בקרת איכות", "el": "Ποιοτικός έλεγχος"},
            {
                **_cells(CUSTOMER, ALL, "view"),
                **_cells("engagement.touch", TEAM, "view add"),
                **_cells("engagement.task", OWN, "view add change"),
                **_cells("organization.absence", OWN, "manage"),
            },
        ),
        BOOKKEEPER,
        AGENT,
    ),
    "field_service": (
        OWNER,
        MANAGER,
        RolePreset(
            "dispatcher", {"en": "Dispatcher", "he": "תיאום עבודות", "el": "Συντονισμός"},
            _served(BRANCH), ("contact", "personal"),
        ),
        RolePreset(
            "technician", {"en": "Technician", "he": "טכנאות", "el": "Τεχνικός"},
            _served(BRANCH, tasks=OWN), ("contact",),
        ),
        BOOKKEEPER,
        AGENT,
    ),
    "advisers": (
        OWNER,
        MANAGER,
        RolePreset(
            "adviser", {"en": "Adviser", "he": "ייעוץ", "el": "Σύμβουλος"},
            _sold(OWN), ("contact", "personal", "financial", "confidential"),
        ),
        RolePreset(
            "assistant", {"en": "Assistant", "he": "מזכירות", "el": "Γραμματειακή υποστήριξη"},
            _served(TEAM), ("contact", "personal"),
        ),
        BOOKKEEPER,
        AGENT,
    ),
}  # fmt: skip
