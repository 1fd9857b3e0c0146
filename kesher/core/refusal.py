"""A command that will not do what was asked says why, in words a person can act on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import formats


class Refusal(Exception):
    """Base of every refusal; a subclass is named after the reason and carries its sentence."""

    message: Any = ""
    status = 422

    def __init__(self, *args: object, **named: object):
        super().__init__(*args)
        self.named = named

    def __str__(self) -> str:
        return in_words(self.message, self.named)


def in_words(sentence: Any, named: Mapping[str, Any]) -> str:
    """A sentence with what it names, as the reader's language and country write it."""
    told = {name: _told(one) for name, one in named.items()}
    return str(sentence) % told if told else str(sentence)


def _told(value: Any) -> Any:
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    if isinstance(value, list | tuple):
        return ", ".join(str(_told(one)) for one in value)
    return value
