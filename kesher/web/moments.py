"""Days and moments as people of each language write them, near ones by their own words."""

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, ngettext

GREEK_MONTHS = (
    "Ιαν", "Φεβ", "Μαρ", "Απρ", "Μαΐ", "Ιουν", "Ιουλ", "Αυγ", "Σεπ", "Οκτ", "Νοε", "Δεκ",
)  # fmt: skip
ENGLISH_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "he": ("ב׳", "ג׳", "ד׳", "ה׳", "ו׳", "ש׳", "א׳"),
    "el": ("Δευ", "Τρί", "Τετ", "Πέμ", "Παρ", "Σάβ", "Κυρ"),
}
LONG = {"en": "l j F Y", "he": r"\י\ו\ם l, j בF Y", "el": "l j E Y"}
MINUTE, HOUR, DAY = 60, 3600, 86400


def language() -> str:
    return (get_language() or "en").split("-")[0]


def local_day(value: date | datetime) -> date:
    """The calendar day of a moment in the zone of the business; a day is itself."""
    if not isinstance(value, datetime):
        return value
    return (timezone.localtime(value) if timezone.is_aware(value) else value).date()


def local_clock(value: datetime) -> str:
    return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%H:%M}"


def plain_day(value: date, *, with_year: bool) -> str:
    """3.3.2026 in Hebrew, 3 Μαρ 2026 in Greek, 3 Mar 2026 in English."""
    spoken = language()
    if spoken == "he":
        return f"{value.day}.{value.month}" + (f".{value.year}" if with_year else "")
    month = (GREEK_MONTHS if spoken == "el" else ENGLISH_MONTHS)[value.month - 1]
    return f"{value.day} {month}" + (f" {value.year}" if with_year else "")


def day_text(
    value: date | datetime, *, today: date, in_full: bool = False, within: bool = False
) -> str:
    """A day in few letters: Today, 14 Apr, and the year only where it is another.

    `within` a sentence it is today.
    """
    day = local_day(value)
    if in_full:
        return plain_day(day, with_year=True)
    near = {0: gettext("Today"), 1: gettext("Tomorrow"), -1: gettext("Yesterday")}
    if word := near.get((day - today).days):
        return word.lower() if within else word
    return plain_day(day, with_year=day.year != today.year)


def moment_text(value: datetime, *, now: datetime) -> str:
    """A day and the clock; within a week the day of the week too."""
    day, today = local_day(value), local_day(now)
    written = day_text(day, today=today)
    if 1 < abs((day - today).days) < 7:
        written = f"{WEEKDAYS.get(language(), WEEKDAYS['en'])[day.weekday()]} {written}"
    return f"{written} {local_clock(value)}"


def long_day_text(value: date | datetime) -> str:
    """Monday 23 November 2026, for headings and for the tips over short forms."""
    return formats.date_format(local_day(value), LONG.get(language(), LONG["en"]))


def ago_text(value: datetime, *, now: datetime) -> str:
    """How long ago, or how soon; beyond a month the day."""
    seconds = (now - value).total_seconds()
    away = abs(seconds)
    if away < MINUTE:
        return gettext("just now")
    if away >= 30 * DAY:
        return day_text(value, today=local_day(now))
    if away < HOUR:
        return _minutes(int(away // MINUTE), past=seconds > 0)
    if away < DAY:
        return _hours(int(away // HOUR), past=seconds > 0)
    return _days(abs((local_day(now) - local_day(value)).days), past=seconds > 0)


def _minutes(count: int, *, past: bool) -> str:
    if past:
        text = ngettext("%(count)s minute ago", "%(count)s minutes ago", count)
    else:
        text = ngettext("in %(count)s minute", "in %(count)s minutes", count)
    return text % {"count": count}


def _hours(count: int, *, past: bool) -> str:
    if past:
        text = ngettext("%(count)s hour ago", "%(count)s hours ago", count)
    else:
        text = ngettext("in %(count)s hour", "in %(count)s hours", count)
    return text % {"count": count}


def _days(count: int, *, past: bool) -> str:
    if past:
        text = ngettext("%(count)s day ago", "%(count)s days ago", count)
    else:
        text = ngettext("in %(count)s day", "in %(count)s days", count)
    return text % {"count": count}


def day_span_text(start: date, end: date, *, today: date) -> str:
    """Two days as one span, without saying the same month twice."""
    if start == end:
        return day_text(start, today=today)
    other_year = start.year != end.year or end.year != today.year
    last = plain_day(end, with_year=other_year)
    same_month = (start.year, start.month) == (end.year, end.month)
    first = str(start.day) if same_month else plain_day(start, with_year=start.year != end.year)
    return f"{first}–{last}" if same_month else f"{first} – {last}"
