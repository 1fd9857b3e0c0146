"""The frame of the settings: a list of places beside one form, only those the role may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, may
from kesher.core.feeds.queries import may_connect
from kesher.core.own.models import OwnField
from kesher.customers.models import Customer
from kesher.engagement.models import DoNotContact, MessageText
from kesher.organization.models import (
    Absence,
    AccessRecord,
    Branch,
    Business,
    Member,
    Resource,
    Role,
    Team,
)
from kesher.surface.page import go


@dataclass(frozen=True)
class Section:
    """One place of the settings: where it is, what it is for, and for whom."""

    name: str
    label: Any
    what: Any
    icon: str
    shown: Callable[[Actor], bool]

    @property
    def url(self) -> str:
        try:
            return reverse(self.name)
        except NoReverseMatch:
            return ""


def _managing(model: type) -> Callable[[Actor], bool]:
    return lambda actor: may(actor, "manage", model)


SECTIONS = (
    Section("my-account", _("My account"), _("Your name, language, password and sessions"),
            "user", lambda actor: True),
    Section("members", _("Members"), _("Who works here, and in which role"), "users",
            lambda actor: may(actor, "view", Member)),
    Section("absences", _("Absences"), _("Who is away, and who stands in"), "beach",
            lambda actor: may(actor, "manage", Absence)),
    Section("settings-business", _("Business"), _("Name, logo, colours, country, week and money"),
            "building-store", _managing(Business)),
    Section("own-fields", _("Own fields"), _("What you want to know beside what Kesher asks"),
            "forms", _managing(OwnField)),
    Section("message-texts", _("Messages"), _("What Kesher writes by itself, in your words"),
            "mail", _managing(MessageText)),
    Section("do-not-contact", _("Do not contact"), _("Whom nobody calls or writes to"), "ban",
            lambda actor: may(actor, "view", DoNotContact)),
    Section("holidays", _("Holidays"), _("Days on which you are closed"), "calendar-event",
            _managing(Business)),
    Section("branches", _("Branches"), _("Where customers are served"), "map-pin",
            _managing(Branch)),
    Section("teams", _("Teams"), _("People who share their work"), "users-group",
            _managing(Team)),
    Section("resources", _("Rooms and devices"), _("What can be booked"), "stethoscope",
            _managing(Resource)),
    Section("roles", _("Roles"), _("What each role may see and do"), "shield-lock",
            _managing(Role)),
    Section("access-log", _("Who read what"), _("Readings of what is kept closely"), "eye",
            lambda actor: may(actor, "view", AccessRecord)),
    Section("import", _("Import"), _("Customers and more from a file, and what can be undone"),
            "file-import", lambda actor: may(actor, "add", Customer)),
    Section("sources", _("Sources that live on"), _("What is fetched again and again"), "refresh",
            may_connect),
    Section("export-everything", _("Export"), _("Everything in one archive, and the way back"),
            "download",
            lambda actor: may(actor, "manage", Business) and may(actor, "export", Customer)),
)  # fmt: skip


def sections(actor: Actor) -> list[Section]:
    """The places of the settings that the actor may open."""
    return [section for section in SECTIONS if section.url and section.shown(actor)]


def settings_page(
    request: HttpRequest, template: str, place: str, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of the settings with the list of its places."""
    known = sections(request.actor)
    title = next((section.label for section in known if section.name == place), "")
    frame = {"sections": known, "place": place, "place_title": title, "in_settings": True}
    return render(request, template, frame | context, status=status)


def done(request: HttpRequest, said: str, to: str, *args: Any) -> HttpResponse:
    """Say what was done on the next page, and go there."""
    messages.success(request, said)
    return go(request, to, *args)
