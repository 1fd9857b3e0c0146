"""For each address with places in it: the records it is asked for, own and foreign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.people import Clinic


@dataclass
class Records:
    """The cast and what was made for the walk, by name."""

    clinic: Clinic
    made: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        known = {**self.clinic.customers, **self.clinic.members, **self.made}
        return known[name]


Places = Callable[[Records], dict[str, Any]]
Cases = dict[str, Places]


def pk_of(record: str, /, **more: Any) -> Places:
    """The number of a record, with what else the address names."""
    return lambda records: {"pk": records[record].pk, **more}


def both(kind: str, /, **more: Any) -> Cases:
    """A record of Haifa and one of Eilat."""
    return {place: pk_of(f"{kind} {place}", **more) for place in ("haifa", "eilat")}


def said(**places: Any) -> Cases:
    """Places that no record fills: a key or batch that nobody made."""
    return {"unknown": lambda records: places}


CUSTOMER: Cases = {"haifa": pk_of("noa"), "eilat": pk_of("eleni")}
MEMBER: Cases = {"haifa": pk_of("receptionist"), "eilat": pk_of("eilat")}
TASK, TOUCH, ATTACHMENT = both("task"), both("touch"), both("attachment")


def _each(names: str, cases: Cases) -> dict[str, Cases]:
    return dict.fromkeys(names.split(), cases)


def _cells(field_name: str, cases: dict[str, str]) -> Cases:
    return {place: pk_of(name, name=field_name) for place, name in cases.items()}


def _known(name: str, kind: str) -> Cases:
    """What somebody of Haifa and somebody of Eilat made, under a key instead of a number."""
    return {
        place: lambda records, place=place: {name: records[f"{kind} {place}"]}
        for place in ("haifa", "eilat")
    }


def _views(kind: str) -> dict[str, Cases]:
    """The addresses of the views of one list; a dropped one is restored by its batch."""
    own = _each(f"{kind}-view-drop {kind}-view-edit {kind}-view-keep", both(f"{kind} view"))
    return own | {f"{kind}-view-restore": _known("batch", f"dropped {kind} view")}


WORDS = {"name": "invitation", "language": "en"}
OF_HAIFA_AND_EILAT = {"haifa": "noa", "eilat": "eleni"}
RECORDS: dict[str, Cases] = {
    **_each(
        "customer customer-archive customer-bin customer-compose customer-draft customer-edit"
        " customer-files customer-header customer-next customer-peek customer-presence"
        " customer-readers customer-emergency"
        " customer-origins customer-same customer-side customer-timeline customers-row contacts ties tie-people"
        " wishes consents purchase-new"
        " mentionable",
        CUSTOMER,
    ),
    **_each("customer-restore customer-delete", both("binned")),
    "customer-field": _cells("reference", OF_HAIFA_AND_EILAT),
    "customers-cell": _cells("stage", OF_HAIFA_AND_EILAT),
    **_each("contact contact-first contact-removal", both("contact")),
    **_each("merger merger-parting", both("merger")),
    **_each("tie-end tie-removal", both("tie")),
    **_each("wish-met wish-removal", both("wish")),
    **_each(
        "task task-done task-drop task-finish task-peek task-reopen task-row-reopen tasks-peek tasks-row",
        TASK,
    ),
    "tasks-cell": {p: pk_of(f"task {p}", name="due_on") for p in ("haifa", "eilat")},
    **_each("touch touch-bin touch-complaint touch-edit touch-menu touch-pin touch-restore", TOUCH),
    **_each("attachment attachment-bin attachment-menu attachment-restore", ATTACHMENT),
    **_each(
        "member member-about member-leaving member-placing member-returning member-role"
        " member-second-step-removal member-sign-out members-peek members-row shift-planning",
        MEMBER,
    ),
    "members-cell": _cells("phone", {"haifa": "receptionist", "eilat": "eilat"}),
    **_each("letter letter-repetition", both("failed letter")),
    "letter-withdrawal": both("waiting letter"),
    "letter-acceptance": both("unknown letter"),
    "notification": both("notification"),
    **_each(
        "import-cancelling import-columns import-file import-progress import-refused import-settling"
        " import-start import-undoing",
        both("run"),
    ),
    **_each(
        "source source-change source-columns source-deleting source-fetching source-pausing",
        {"any": pk_of("feed")},
    ),
    "source-conflict": {"any": pk_of("conflict")},
    **_views("customers"),
    **_views("tasks"),
    **_views("members"),
    **_views("products"),
    **_views("do-not-contact"),
    **_each(
        "do-not-contact-entry do-not-contact-lifting do-not-contact-peek do-not-contact-row",
        both("entry"),
    ),
    "do-not-contact-cell": {p: pk_of(f"entry {p}", name="reason") for p in ("haifa", "eilat")},
    **_each(
        "product product-archiving product-price products-peek products-row",
        {"any": pk_of("product")},
    ),
    "products-cell": {"any": pk_of("product", name="unit")},
    **_each("branch-change branch-closing branch-reopening", both("branch")),
    **_each("team-change team-removal", both("team")),
    **_each("resource-change resource-retirement resource-return", both("resource")),
    "shift-removal": both("shift"),
    "absence-cancelling": both("absence"),
    "emergency-end": both("emergency"),
    **_each(
        "role role-clearance role-naming role-preset role-removal role-right",
        {"any": pk_of("role")},
    ),
    **_each(
        "classification-naming classification-removal classification-watching",
        {"any": pk_of("classification")},
    ),
    **_each(
        "own-field own-field-place own-field-progress own-field-retirement own-field-return "
        "own-field-type own-field-type-cancelling own-field-type-return",
        {"any": pk_of("own field")},
    ),
    "holiday-removal": {"any": pk_of("holiday")},
    **_each("invitation-renewal invitation-withdrawal", {"any": pk_of("invitation")}),
    "undo": _known("batch", "batch"),
    "list-file": said(key="0" * 32),
    **_each(
        "archive archive-cancelling archive-progress archive-start archive-undoing",
        said(key="0" * 32),
    ),
    **_each("list-work list-work-cancel", _known("key", "work")),
    **_each("message-text message-text-reset", {"any": lambda _records: WORDS}),
    "invitation": said(token="x" * 43),
    "my-session-end": said(reference="x" * 20),
    "account_reset_password_from_key": said(uidb36="1", key="x-y"),
    **_each("mfa_edit_webauthn mfa_remove_webauthn", said(pk=999)),
}
