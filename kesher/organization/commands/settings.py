"""What holds for the whole business: its country, money, clock, week, face and days off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kesher.core.access import Actor, require
from kesher.core.changes import change
from kesher.core.events import announce
from kesher.core.files import Received, keep
from kesher.core.pictures import PICTURES
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.addresses import spoken
from kesher.organization.countries import countries, currencies
from kesher.organization.events import BusinessChanged
from kesher.organization.models import Branch, Business, Holiday

COLOUR = re.compile(r"^#[0-9a-f]{6}$")
CHANGEABLE = frozenset(
    "name country currency time_zone week_start weekend language brand_colour".split()
)
MOST_DAYS_OFF = 4
YEARS = range(2000, 2101)


class NameMissing(Refusal):
    """A business has a name."""

    message = _("Type the name of the business.")


class NotInUse(Refusal):
    """No country, currency or time zone of that name."""

    message = _("Choose from the list.")


class NotADay(Refusal):
    """A week has seven days, and on some of them one works."""

    message = _("Choose days of the week, at most four of them free.")


class NotAColour(Refusal):
    """A colour is six digits after a sharp."""

    message = _("Choose a colour, such as #005c8f.")


class NotAPicture(Refusal):
    """A logo is a picture."""

    message = _("A logo is a picture: PNG, JPEG, GIF or WebP.")


class NoHolidaysKnown(Refusal):
    """Nobody told us which days are free in this country."""

    message = _("Kesher does not know the holidays of this country. Add them by hand.")


class OutOfTime(Refusal):
    """Nobody plans that far."""

    message = _("Choose a day between 2000 and 2100.")


@transaction.atomic
def change_business(
    *, by: Actor, business: Business, values: Mapping[str, Any], seen: int | None = None
) -> Business:
    """Change how the business is called, where it is, how it counts and how it looks."""
    require(by, "manage", business)
    if unknown := set(values) - CHANGEABLE:
        raise TypeError(f"change_business does not take {sorted(unknown)}")
    values = {name: clean(v) if isinstance(v, str) else v for name, v in values.items()}
    _check(values)
    current, changed = change(by=by, record=business, values=values, seen=seen)
    if changed:
        announce(BusinessChanged(business_id=business.pk), by=by, about=current)
    return current


def _check(values: dict[str, Any]) -> None:
    if not values.get("name", "—"):
        raise NameMissing
    if "language" in values:
        spoken(values["language"])
    lists = {
        "country": lambda: dict(countries("en")),
        "currency": lambda: dict(currencies("en")),
        "time_zone": available_timezones,
    }
    for name, known in lists.items():
        if name in values and values[name] not in known():
            raise NotInUse
    values["brand_colour"] = values.get("brand_colour", "").lower()
    if values["brand_colour"] and not COLOUR.match(values["brand_colour"]):
        raise NotAColour
    _check_week(values)


def _check_week(values: dict[str, Any]) -> None:
    if "weekend" in values:
        values["weekend"] = sorted(set(values["weekend"]))
        if len(values["weekend"]) > MOST_DAYS_OFF or not set(values["weekend"]) <= set(range(7)):
            raise NotADay
    if values.get("week_start", 0) not in range(7):
        raise NotADay


@transaction.atomic
def set_logo(*, by: Actor, business: Business, picture: Received) -> Business:
    """Put a picture beside the name, on screens, in messages and on paper."""
    require(by, "manage", business)
    if picture.content_type not in PICTURES.values():
        raise NotAPicture
    stored = keep(picture)
    current, _changed = change(by=by, record=business, values={"logo_id": stored.pk})
    announce(BusinessChanged(business_id=business.pk), by=by, about=current)
    return current


@transaction.atomic
def remove_logo(*, by: Actor, business: Business) -> Business:
    """Go back to the name alone."""
    require(by, "manage", business)
    current, _changed = change(by=by, record=business, values={"logo_id": None})
    announce(BusinessChanged(business_id=business.pk), by=by, about=current)
    return current


# ---- days off


@transaction.atomic
def add_holiday(*, by: Actor, day: date, name: str, branch: Branch | None = None) -> Holiday:
    """Close the business, or one branch, on a day."""
    if not clean(name):
        raise NameMissing
    if day.year not in YEARS:
        raise OutOfTime
    holiday, _is_new = Holiday.objects.get_or_create(day=day, name=clean(name)[:120], branch=branch)
    require(by, "manage", holiday)
    return holiday


@transaction.atomic
def remove_holiday(*, by: Actor, holiday: Holiday) -> None:
    """Work on that day after all."""
    require(by, "manage", holiday)
    holiday.delete()


@transaction.atomic
def take_holidays(*, by: Actor, business: Business, years: Iterable[int]) -> int:
    """Take over the public holidays of the country; return how many days were new."""
    require(by, "manage", business)
    found = _public_holidays(business, sorted(set(years) & set(YEARS)))
    kept = set(Holiday.objects.filter(branch=None, day__in=found).values_list("day", flat=True))
    new = [Holiday(day=day, name=name[:120]) for day, name in found.items() if day not in kept]
    Holiday.objects.bulk_create(new)
    announce(BusinessChanged(business_id=business.pk), by=by, about=business)
    return len(new)


def _public_holidays(business: Business, years: list[int]) -> dict[date, str]:
    import holidays  # noqa: PLC0415 - a quarter of a second, for what is asked once a year

    try:
        with override(business.language):
            found = holidays.country_holidays(
                business.country, years=years, language=business.language
            )
    except NotImplementedError as error:
        raise NoHolidaysKnown from error
    return dict(sorted(found.items()))
