"""Why a line was refused, kept in no language: the refusal's name, its sentence, what that names.

Words that gettext knows are kept by what it knows them by, days as days, so that each reader reads
them in his own language, whoever ran the check.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext

from kesher.core.importing.models import RefusedLine
from kesher.core.refusal import Refusal, in_words


class Reason(TypedDict):
    """A refusal as it is kept."""

    code: str
    said: dict[str, Any]


def kept(refusal: Refusal | None) -> Reason:
    """A refusal, to be read in any language later."""
    if refusal is None:
        return {"code": "", "said": {}}
    named = {name: _kept(value) for name, value in refusal.named.items()}
    code = type(refusal).__name__
    return {"code": code, "said": {"sentence": _kept(refusal.message), "named": named}}


def told(code: str, said: Mapping[str, Any]) -> str:
    """Why, in the language of whoever reads it."""
    named = {name: _read(value) for name, value in said["named"].items()} if code else {}
    return in_words(_read(said["sentence"]), named) if code else ""


def reason_of(line: RefusedLine) -> str:
    """Why a line is left out, in the reader's language if it was kept so."""
    return told(line.code, line.said) or line.reason


def named_in(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a refusal names, for machines: in English, days as ISO writes them."""
    return {name: _plain(value) for name, value in said.get("named", {}).items()}


def _kept(value: Any) -> Any:
    if isinstance(value, Promise):
        return {"words": list(value._args)}  # type: ignore[attr-defined]
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, list | tuple):
        return [_kept(one) for one in value]
    return value if isinstance(value, int | bool | None) else str(value)


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "day" in value:
        return date.fromisoformat(value["day"])
    words = value["words"]
    return pgettext(*words) if len(words) == 2 else gettext(words[0])


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    return value["day"] if "day" in value else value["words"][-1]
