"""What a field of the business's own may hold: read as it was typed, kept as text, found by a row.

Every value is kept as a text that means the same everywhere (1234.5, 2026-07-04), and several of a
choice as a list of such; nothing is kept of an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from kesher.core.own.models import OwnField
from kesher.core.refusal import Refusal
from kesher.core.text import clean, fold

Type = OwnField.Type
Kept = str | list[str] | None
LONGEST = {Type.TEXT: 300, Type.LONG: 20_000, Type.LINK: 500}
LONGEST_FOUND = 120  # letters that a list sorts by
LARGEST = Decimal(10) ** 12
FIRST_YEAR, LAST_YEAR = 1000, 9998
# A point or a comma before one or two figures parts them off; before three it parts thousands.
PLAIN = re.compile(r"[-+]?\d+(?:[.,]\d{1,2})?")
BY_COMMAS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
BY_POINTS = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+,\d+")
YES, NO = "yes", "no"


class NotANumber(Refusal):
    """Letters where figures belong."""

    message = _("“%(value)s” is no number. %(field)s takes figures such as 1234.5.")


class NumberTooLarge(Refusal):
    """More than any account holds."""

    message = _("%(field)s takes numbers below a million million, with six decimals.")


class NotADate(Refusal):
    """No day of the calendar."""

    message = _("“%(value)s” is no date for %(field)s. Write it like 2026-07-04.")


class NotOffered(Refusal):
    """A choice that the field does not offer."""

    message = _("“%(value)s” is none of the choices of %(field)s.")


class NotALink(Refusal):
    """No address of the web."""

    message = _("“%(value)s” is no web address. %(field)s takes those that begin with https://.")


class TextTooLong(Refusal):
    """Longer than the field keeps."""

    message = _("%(field)s holds at most %(most)s letters.")


class ValueNeeded(Refusal):
    """A required field was emptied."""

    message = _("%(field)s must not stay empty.")


def checked(one: OwnField, value: Any, held: Kept = None) -> Kept:
    """A value in the form in which it is kept; None forgets it. A retired choice may only stay."""
    if value is None:
        return None
    kept: Kept
    if one.type == Type.MANY:
        kept = _several(one, value, held) or None
    else:
        text = clean(value) if isinstance(value, str) else value
        kept = READERS[Type(one.type)](one, text, held) if text != "" else None
    if kept is None and one.is_required:
        raise ValueNeeded(field=one.label)
    return kept


def _text(one: OwnField, value: Any, _held: Kept) -> str:
    text = str(value) if one.type == Type.LONG else " ".join(str(value).split())
    most = LONGEST[Type(one.type)]
    if len(text) > most:
        raise TextTooLong(field=one.label, most=most)
    return text


def _number(one: OwnField, value: Any, _held: Kept) -> str:
    try:
        found = value if isinstance(value, Decimal) else Decimal(_figures(str(value)))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise NotANumber(value=_short(value), field=one.label)
    if abs(found) >= LARGEST:
        raise NumberTooLarge(field=one.label)
    return plain_number(found)


def _figures(text: str) -> str:
    bare = re.sub(r"[\s\u00a0\u202f']", "", text).replace("\u2212", "-")
    if BY_COMMAS.fullmatch(bare) and not PLAIN.fullmatch(bare):
        return bare.replace(",", "")
    if BY_POINTS.fullmatch(bare):
        return bare.replace(".", "").replace(",", ".")
    return bare.replace(",", ".") if PLAIN.fullmatch(bare) else bare


def plain_number(value: Decimal) -> str:
    """Figures without noughts that say nothing: 5, 2.5."""
    text = f"{round(value, 6):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _day(one: OwnField, value: Any, _held: Kept) -> str:
    found: date | None
    if isinstance(value, datetime):
        found = timezone.localtime(value).date()
    else:
        found = value if isinstance(value, date) else _parsed(parse_date, value)
    return _of_our_time(one, value, found).isoformat()


def _moment(one: OwnField, value: Any, _held: Kept) -> str:
    found = value if isinstance(value, datetime) else _parsed(parse_datetime, value)
    if found is None and (day := _parsed(parse_date, value)):
        found = datetime.combine(day, time(12))  # noon, as files without a clock mean
    found = _of_our_time(one, value, found)
    aware = found if timezone.is_aware(found) else timezone.make_aware(found)
    return aware.astimezone(UTC).isoformat()


def _parsed(parse: Callable[[str], Any], value: Any) -> Any:
    try:
        return parse(str(value))
    except ValueError:
        return None


def _of_our_time(one: OwnField, value: Any, found: Any) -> Any:
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise NotADate(value=_short(value), field=one.label)
    return found


def _choice(one: OwnField, value: Any, held: Kept) -> str:
    key = known_choice(one, str(value))
    if key is None or (_is_retired(one, key) and key != held):
        raise NotOffered(value=_short(value), field=one.label)
    return key


def known_choice(one: OwnField, said: str) -> str | None:
    """The key of a choice by its key, or by its name in any language."""
    folded = fold(said)
    for choice in one.choices:
        if said == choice["key"] or folded in map(fold, choice["labels"].values()):
            return str(choice["key"])
    return None


def _is_retired(one: OwnField, key: str) -> bool:
    return any(choice["key"] == key and choice.get("retired") for choice in one.choices)


def _several(one: OwnField, value: Any, held: Kept) -> list[str]:
    said = value if isinstance(value, (list, tuple)) else re.split(r"[;,\n|]", str(value))
    before = held if isinstance(held, list) else []
    wanted = {
        _choice(one, part, part if part in before else None)
        for part in (str(part).strip() for part in said)
        if part
    }
    return [choice["key"] for choice in one.choices if choice["key"] in wanted]


def _yes_no(one: OwnField, value: Any, _held: Kept) -> str:
    if value in (True, False):
        return YES if value else NO
    folded = fold(str(value))
    if folded in YES_WORDS:
        return YES
    if folded in NO_WORDS:
        return NO
    raise NotOffered(value=_short(value), field=one.label)


YES_WORDS = frozenset(map(fold, ("yes", "y", "true", "1", "כן", "ναι")))
NO_WORDS = frozenset(map(fold, ("no", "n", "false", "0", "לא", "όχι")))


def _link(one: OwnField, value: Any, held: Kept) -> str:
    text = _text(one, value, held)
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        is_web = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        is_web = False
    if not is_web or " " in whole:
        raise NotALink(value=_short(text), field=one.label)
    return whole


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


Reader = Callable[[OwnField, Any, Kept], str]
READERS: dict[Type, Reader] = {
    Type.TEXT: _text, Type.LONG: _text, Type.NUMBER: _number, Type.MONEY: _number,
    Type.DATE: _day, Type.MOMENT: _moment, Type.CHOICE: _choice, Type.YES_NO: _yes_no,
    Type.LINK: _link,
}  # fmt: skip


# ---- as it is found

COLUMN = {  # the column of an OwnValue that holds it
    Type.TEXT: "text", Type.LINK: "text", Type.CHOICE: "text", Type.MANY: "text",
    Type.YES_NO: "text", Type.NUMBER: "number", Type.MONEY: "number", Type.DATE: "day",
    Type.MOMENT: "moment",
}  # fmt: skip


def rows_of(one: OwnField, kept: Kept) -> list[tuple[int, Any, Any, Any, Any]]:
    """The rows by which a value is found: slot, text, number, day, moment."""
    if not kept or one.type == Type.LONG:
        return []
    slot, kind = one.slot, one.type
    if kind == Type.MANY:
        return [(slot, key, None, None, None) for key in kept]
    text = str(kept)
    if kind in (Type.NUMBER, Type.MONEY):
        return [(slot, one.currency or None, Decimal(text), None, None)]
    if kind == Type.DATE:
        return [(slot, None, None, date.fromisoformat(text), None)]
    if kind == Type.MOMENT:
        return [(slot, None, None, None, datetime.fromisoformat(text))]
    found = fold(text) if kind in (Type.TEXT, Type.LINK) else text
    return [(slot, found[:LONGEST_FOUND], None, None, None)]
