"""What stands round every page: the rail, the "new" menu, pinned views and the bell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from kesher.catalog.models import Product
from kesher.core.access import Actor, may
from kesher.customers.models import Customer
from kesher.engagement.models import Task
from kesher.engagement.queries import unread_count
from kesher.organization.models import Business, Member
from kesher.organization.queries import pinned_views


@dataclass(frozen=True)
class Entry:
    """One line of the rail or of a menu."""

    name: str
    label: str
    icon: str
    url: str
    key: str = ""
    count: int | None = None
    on: bool = False


@dataclass(frozen=True)
class Place:
    """Where the rail may lead, and for whom."""

    name: str
    label: Any
    icon: str
    key: str
    shown: Callable[[Actor], bool]


PLACES = (
    Place("today", _("Today"), "sun-high", "t", lambda actor: True),
    Place("customers", _("Customers"), "users", "c", lambda actor: may(actor, "view", Customer)),
    Place("tasks", _("Tasks"), "checkbox", "k", lambda actor: may(actor, "view", Task)),
    Place("mailbox", _("Mailbox"), "inbox", "m", lambda actor: may(actor, "manage", Business)),
    Place("products", _("Products"), "package", "p", lambda actor: may(actor, "view", Product)),
    Place(
        "duplicates",
        _("Duplicates"),
        "users-group",
        "d",
        lambda actor: may(actor, "merge", Customer),
    ),
)
NEW = (
    Place(
        "customer-new", _("Customer"), "user-plus", "+", lambda actor: may(actor, "add", Customer)
    ),
    Place("task-new", _("Task"), "checkbox", "", lambda actor: may(actor, "add", Task)),
    Place("invite", _("Colleague"), "mail", "", lambda actor: may(actor, "manage", Member)),
    Place(
        "import",
        _("Import from a file"),
        "file-upload",
        "",
        lambda actor: may(actor, "add", Customer),
    ),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: what the signed-in member may open from anywhere."""
    context: dict[str, Any] = {
        "business": getattr(request, "business", None),
        "live_url": "/live",
        "viewing_as": getattr(request, "viewing_as", None),
    }
    actor = getattr(request, "actor", None)
    if actor is None:
        return context
    return context | {
        "actor": actor,
        "nav": _entries(request, actor, PLACES),
        "new_menu": _entries(request, actor, NEW),
        "pinned": SimpleLazyObject(lambda: _pinned(request, actor)),
        "bell_count": SimpleLazyObject(lambda: unread_count(actor)),
    }


def _entries(request: HttpRequest, actor: Actor, places: tuple[Place, ...]) -> tuple[Entry, ...]:
    entries = []
    addresses = {place.name: _address(place.name) for place in places}
    on = _nearest(request.path, addresses.values())
    for place in places:
        url = addresses[place.name]
        if url and place.shown(actor):
            said = (place.name, str(place.label), place.icon, url, place.key)
            entries.append(Entry(*said, on=url == on))
    return tuple(entries)


def _nearest(path: str, addresses: Iterable[str]) -> str:
    """The address under which a page lies, the innermost of them."""
    above = [url for url in addresses if path == url or (len(url) > 1 and path.startswith(url))]
    return max(above, key=len, default="")


def _pinned(request: HttpRequest, actor: Actor) -> list[Entry]:
    """The saved views that stand in the rail; a list has the name of its kind."""
    entries = []
    for view in pinned_views(actor, getattr(request, "saved_views", None)):
        url, key = _address(view.kind), str(view.pk)
        on = request.path == url and request.GET.get("view") == key
        if url:
            entries.append(Entry(key, view.name, "bookmark", f"{url}?view={key}", on=on))
    return entries


def _address(name: str) -> str:
    """The address of a page, or nothing where this Kesher has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
