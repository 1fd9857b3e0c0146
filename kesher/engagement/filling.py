"""Fields in braces become what they stand for. No code, no paths, no formats: only names."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from django.utils.translation import gettext_lazy as _

from kesher.core.refusal import Refusal
from kesher.core.text import clean


class UnknownField(Refusal):
    """A text asks for what this message does not know."""

    message = _("This message has no field {%(field)s}. It has: %(fields)s.")


class UnreadableText(Refusal):
    """A brace was opened or closed alone."""

    message = _("A brace is opened or closed alone in this text. Write it twice to mean a brace.")


class FieldMissing(Refusal):
    """Somebody sends a message without saying what belongs in it."""

    message = _("The field {%(field)s} of this message is empty.")


def fields_in(text: str, allowed: frozenset[str]) -> list[str]:
    """The fields that a text names, in order; refuse any that the message does not have."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise UnreadableText from error
    named = []
    for _literal, name, form, conversion in parts:
        if name is None:
            continue
        if name not in allowed or form or conversion:
            asked = name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            raise UnknownField(field=asked[:60], fields=", ".join(sorted(allowed)))
        named.append(name)
    return named


def fill(text: str, values: Mapping[str, object], allowed: frozenset[str]) -> str:
    """The text with every field replaced; what was typed into a field is never read as a text."""
    for name in fields_in(text, allowed):
        if not str(values.get(name, "")).strip():
            raise FieldMissing(field=name)
    return "".join(
        literal + (clean(str(values[name])) if name is not None else "")
        for literal, name, _form, _conversion in Formatter().parse(text)
    )
