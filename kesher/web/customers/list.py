"""The list of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from kesher.core.access import Actor, may, visible
from kesher.core.fields import Type, choices_of
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.leaving import archive, bin_customers, restore, unarchive
from kesher.customers.models import Customer, Tag
from kesher.engagement.commands.tasks import NewTask, plan_task
from kesher.engagement.forbidden import compared, entries_of
from kesher.engagement.models import DoNotContact, Task, Touch
from kesher.organization.fields import members_here
from kesher.organization.models import Branch, Member, Team
from kesher.organization.today import today_here
from kesher.surface.lists.declaring import Action, Input, Listing, View, archiving, register
from kesher.web.customers.whole import STAGE_LOOKS
from kesher.web.lists.pen import DASH, NOTHING, PAINTERS, Pen, Row, face, html, overdue
from kesher.web.templatetags import look

CHANNELS = {
    "call": "phone",
    "visit": "user-check",
    "email": "mail",
    "sms": "device-mobile",
    "whatsapp": "brand-whatsapp",
    "chat": "message",
    "letter": "mail-opened",
    "fax": "printer",
    "form": "file",
}


# ---- how its columns are drawn


def stage(pen: Pen, value: Any, row: Row) -> Any:
    """The life stage as icon and word, and beside it that a complaint is open."""
    tag = pen.once(("stage", value), lambda: _stage(pen, value))
    if not row.get("complaints"):
        return tag
    mark = look.icon("alert-triangle", label=_("Complaint open"))
    return html('{} <span class="tag bad" title="{}">{}</span>', tag, _("Complaint open"), mark)


def _stage(pen: Pen, value: Any) -> Any:
    tone, icon = STAGE_LOOKS.get(value, ("", "circle-dot"))
    label = pen.label(CUSTOMERS.kind.fields["stage"], value)
    return html('<span class="tag {}">{}{}</span>', tone, look.icon(icon), label)


def phone(pen: Pen, value: Any, row: Row) -> Any:
    """The telephone; one that nobody is to call says so."""
    if not value:
        return NOTHING
    drawn = PAINTERS[Type.PHONE](pen, CUSTOMERS.kind.fields["phone"], value)
    if value not in pen.marked.get("phone", ()):
        return drawn
    words = _("Do not call")
    return html(
        '{} <span class="t-bad" title="{}">{}</span>', drawn, words,
        look.icon("phone-off", "s", label=words),
    )  # fmt: skip


def not_to_be_called(phones: Sequence[Any]) -> frozenset[Any]:
    """Which of these numbers are on the do-not-contact list."""
    addresses = {phone: ("phone", compared("phone", phone)) for phone in phones if phone}
    entries = entries_of(addresses.values(), today_here()) if addresses else {}
    barred = {key for key, one in entries.items() if one.forbids != DoNotContact.Forbids.MESSAGES}
    return frozenset(phone for phone, address in addresses.items() if address in barred)


def last_touch(pen: Pen, value: Any, row: Row) -> Any:
    """The day of the last contact and by which channel."""
    if value is None:
        return DASH
    at, channel = value
    icon = look.icon(CHANNELS.get(channel, "message"), "s")
    return html('<span class="muted nowrap">{} {}</span>', icon, pen.day(at))


def next_step(pen: Pen, value: Any, row: Row) -> Any:
    """What is planned, what is overdue, and that nothing is."""
    due_on, title, closed_at = value or (None, None, None)
    if title is None:
        return pen.once(("no step", closed_at is None), lambda: _nothing(closed_at is not None))
    if due_on is None:
        return html('<bdi class="cut">{}</bdi>', title)
    if due_on < pen.today:
        return pen.once(("overdue", due_on), lambda: overdue(pen, due_on))
    return html('<bdi class="cut">{}</bdi>, {}', title, pen.day(due_on))


def _nothing(is_on_purpose: bool) -> Any:
    if is_on_purpose:
        return html('<span class="muted">{}</span>', _("Nothing more planned"))
    icon = look.icon("alert-circle", "s")
    return html('<span class="t-warn">{} {}</span>', icon, _("Nothing planned"))


def owner(pen: Pen, value: Any, row: Row) -> Any:
    """The face of whoever is responsible."""
    return face(value.label, value.pk) if value else DASH


def complaints(pen: Pen, value: Any, row: Row) -> Any:
    """How many complaints are open; none is no news."""
    if not value:
        return NOTHING
    words = ngettext("%(n)s open", "%(n)s open", value) % {"n": value}
    return html('<span class="tag bad">{}{}</span>', look.icon("alert-triangle"), words)


# ---- what can be done


def edit(
    *, by: Actor, record: Customer, name: str, value: Any, seen: int | None, batch: str
) -> str:
    """Write one field of one customer."""
    change_customer(by=by, customer=record, values={name: value}, seen=seen, batch=batch)
    return batch


def set_owner(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Say who looks after a customer."""
    member = visible(by, Member).filter(pk=given["owner"]).first() if given["owner"] else None
    assign(by=by, customers=[record], owner=member, batch=batch)


def set_team(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Say which team looks after a customer."""
    team = visible(by, Team).filter(pk=given["team"]).first() if given["team"] else None
    assign(by=by, customers=[record], team=team, batch=batch)


def set_stage(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Put a customer into a life stage."""
    change_customer(by=by, customer=record, values={"stage": given["stage"]}, batch=batch)


def add_tag(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Tag a customer."""
    assign(by=by, customers=[record], add_tags=[given["tag"]], batch=batch)


def remove_tag(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Take a tag off a customer."""
    assign(by=by, customers=[record], remove_tags=[given["tag"]], batch=batch)


def add_branch(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Let a branch serve a customer too."""
    branches = list(visible(by, Branch).filter(pk=given["branch"]))
    assign(by=by, customers=[record], add_branches=branches, batch=batch)


def plan(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Plan the same task for each customer, for whoever is responsible for him."""
    due_on = date.fromisoformat(given["due_on"]) if given["due_on"] else None
    heir = record.owner if record.owner and record.owner.is_active else None
    task = NewTask(title=given["title"], customer=record, due_on=due_on, owner=heir)
    plan_task(by=by, task=task, batch=batch)


def put_aside(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Archive a customer."""
    archive(by=by, customers=[record], now=timezone.now(), batch=batch)


def take_back(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Take a customer out of the archive."""
    unarchive(by=by, customers=[record], batch=batch)


def throw_away(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Put a customer into the bin."""
    bin_customers(by=by, customers=[record], now=timezone.now(), batch=batch)


def bring_back(*, by: Actor, record: Customer, given: Mapping[str, str], batch: str) -> None:
    """Take a customer out of the bin."""
    restore(by=by, customers=[record], batch=batch)


def tag_names(actor: Actor) -> list[tuple[str, str]]:
    """The tags there are, by name."""
    return [(name, name) for name in visible(actor, Tag).values_list("name", flat=True)]


def sees_tasks(actor: Actor) -> bool:
    """Whether one may see tasks."""
    return may(actor, "view", Task)


IN_USE = {"archived": "no", "binned": "no"}
CUSTOMERS = register(
    Listing(
        name="customers",
        title=gettext_lazy("Customers"),
        columns=("name", "stage", "phone", "bought", "last_touch", "next_step", "owner"),
        beside=("complaints",),
        yields=frozenset({"phone"}),
        sort="name",
        views=(
            View(key="all", label=pgettext_lazy("customers", "All")),
            View(key="mine", label=pgettext_lazy("customers", "Mine"), query="owner=me"),
            View(
                key="unplanned",
                label=gettext_lazy("No next step"),
                shown=sees_tasks,
                query="planned=no&closed=no&stage.not=left&sort=last_touch",
            ),
            View(
                key="birthdays",
                label=gettext_lazy("Birthdays this week"),
                query="birth_on.coming=7d&cols=name,birth_on,phone,preferred_channel,owner",
                shown=lambda actor: actor.cleared_for("personal"),
            ),
            View(
                key="new",
                label=gettext_lazy("New this month"),
                query="created.within=-30d&sort=-created",
            ),
            View(
                key="complaints",
                label=gettext_lazy("Open complaints"),
                query="complaints.over=1&sort=last_touch",
                shown=lambda actor: may(actor, "view", Touch),
            ),
            View(
                key="bin",
                label=pgettext_lazy("place for deleted customers", "Bin"),
                query="binned=yes",
                shown=lambda actor: may(actor, "bin", Customer),
            ),
        ),
        opens="customer",
        new="customer-new",
        new_label=gettext_lazy("New customer"),
        standing=IN_USE,
        index="customer",
        sub="city",
        phone={
            "stage": "",
            "bought": "end c2b",
            "complaints": "c2a",
            "phone": "c2a",
            "next_step": "c2",
            "birth_on": "c2b",
        },
        painters={
            "stage": stage,
            "phone": phone,
            "last_touch": last_touch,
            "next_step": next_step,
            "owner": owner,
            "complaints": complaints,
        },
        marks={"phone": not_to_be_called},
        edit=edit,
        edit_choices={"owner": members_here},
        actions=(
            Action(
                key="owner",
                label=gettext_lazy("Responsible"),
                icon="user-check",
                run=set_owner,
                inputs=(
                    Input(
                        name="owner",
                        label=gettext_lazy("Responsible"),
                        choices=members_here,
                        is_optional=True,
                    ),
                ),
                when=IN_USE,
            ),
            Action(
                key="stage",
                label=gettext_lazy("Life stage"),
                icon="seedling",
                run=set_stage,
                inputs=(
                    Input(
                        name="stage",
                        label=gettext_lazy("Life stage"),
                        choices=lambda actor: Customer.Stage.choices,
                    ),
                ),
                when=IN_USE,
            ),
            Action(
                key="task",
                label=gettext_lazy("Task"),
                icon="checkbox",
                run=plan,
                inputs=(
                    Input(name="title", label=gettext_lazy("What is to be done"), type="text"),
                    Input(name="due_on", label=gettext_lazy("Due"), type="date", is_optional=True),
                ),
                when=IN_USE,
            ),
            Action(
                key="tag",
                label=gettext_lazy("Tag"),
                icon="tag",
                run=add_tag,
                inputs=(Input(name="tag", label=gettext_lazy("Tag"), type="text"),),
                when=IN_USE,
            ),
            Action(
                key="untag",
                label=gettext_lazy("Remove a tag"),
                icon="tag",
                run=remove_tag,
                inputs=(Input(name="tag", label=gettext_lazy("Tag"), choices=tag_names),),
                when=IN_USE,
            ),
            Action(
                key="branch",
                label=gettext_lazy("Add a branch"),
                icon="building",
                run=add_branch,
                inputs=(
                    Input(
                        name="branch",
                        label=gettext_lazy("Branch"),
                        choices=lambda actor: choices_of(CUSTOMERS.kind.fields["branches"], actor),
                    ),
                ),
                when=IN_USE,
            ),
            Action(
                key="merge",
                label=gettext_lazy("Merge"),
                icon="git-merge",
                right="merge",
                page="customers-merge",
                when=IN_USE,
            ),
            *archiving(put_aside, take_back, when=IN_USE),
            Action(
                key="bin",
                label=gettext_lazy("Delete"),
                icon="trash",
                run=throw_away,
                right="bin",
                when={"binned": "no"},
            ),
            Action(
                key="restore",
                label=gettext_lazy("Restore"),
                icon="arrow-back-up",
                run=bring_back,
                right="bin",
                when={"binned": "yes"},
            ),
        ),
        peek_at="customer-peek",
        empty_title=gettext_lazy("No customers yet"),
        empty_text=gettext_lazy("Add the first one, or bring those you have from a file."),
    )
)
