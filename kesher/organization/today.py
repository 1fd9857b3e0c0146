"""What day it is where the business is, whoever asks and from where."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from kesher.organization.models import Business
from kesher.organization.queries import business


def today_here(here: Business | None = None) -> datetime.date:
    """The day in the time zone of the business."""
    return timezone.localdate(timezone=ZoneInfo((here or business()).time_zone))
