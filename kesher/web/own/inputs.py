"""Fields of the business's own in forms about records: each type with its input."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from kesher.core.access import Actor, note_reading
from kesher.core.own.catalogue import choices_of, readable_own
from kesher.core.own.models import OwnField
from kesher.core.own.values import checked
from kesher.core.refusal import Refusal
from kesher.core.text import clean

Type = OwnField.Type
LTR = {"dir": "ltr", "autocomplete": "off"}
WIDE = frozenset((Type.LONG, Type.MANY))


class OwnInput(forms.CharField):
    """One value, checked by the rules of its field."""

    def __init__(self, one: OwnField, held: Any = None, **named: Any):
        self.one, self.held = one, held
        super().__init__(
            label=one.label, help_text=one.hint, required=one.is_required, strip=True,
            widget=_widget(one, held), **named,
        )  # fmt: skip

    def to_python(self, value: Any) -> Any:
        """As it was typed: what it means is said by its field."""
        return clean(str(value)) if value else ""

    def clean(self, value: Any) -> Any:
        """As it is kept; an empty text where nothing is."""
        typed = super().clean(value)
        try:
            checked(self.one, typed, self.held)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None
        return typed

    def prepare_value(self, value: Any) -> Any:
        """As the input takes it: moments without a zone, in ours."""
        return typed_form(self.one, value)


class OwnSeveral(forms.MultipleChoiceField):
    """Several of what a field offers."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, one: OwnField, held: Any = None, **named: Any):
        choices = choices_of(one, now=held)
        super().__init__(
            label=one.label, help_text=one.hint, required=one.is_required, choices=choices, **named
        )


def typed_form(one: OwnField, kept: Any) -> Any:
    """A kept value as an input of its type holds it."""
    if kept and one.type == Type.MOMENT and "+" in str(kept):
        return timezone.localtime(datetime.fromisoformat(kept)).strftime("%Y-%m-%dT%H:%M")
    return kept


def input_type(one: OwnField) -> str:
    """What kind of input takes it."""
    kinds = {
        Type.LONG: "textarea", Type.DATE: "date", Type.MOMENT: "datetime-local",
        Type.CHOICE: "select", Type.YES_NO: "select", Type.LINK: "url",
    }  # fmt: skip
    return kinds.get(Type(one.type), "text")


def _widget(one: OwnField, held: Any) -> forms.Widget:
    kind = input_type(one)
    if kind == "select":
        return forms.Select(choices=[("", "—"), *choices_of(one, now=held)])
    if kind == "textarea":
        return forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    if one.type in (Type.NUMBER, Type.MONEY):
        return forms.TextInput(attrs=LTR | {"inputmode": "decimal"})
    if kind == "text":
        return forms.TextInput(attrs={"dir": "auto"})
    return forms.TextInput(attrs=LTR | {"type": kind if kind != "url" else "text"})


def add_inputs(form: Any, actor: Actor, kind: str, record: Any = None) -> None:
    """Give a form an input for each field that its reader may read."""
    form.own_sections = {}
    held = record.own if record is not None else None
    for one in readable_own(actor, kind):
        now = held.get(one.place) if held is not None else None
        if now:
            note_reading(actor, record, one.classification)
        make = OwnSeveral if one.type == Type.MANY else OwnInput
        form.fields[one.key] = make(one, now)
        form.initial.setdefault(one.key, now if held is not None else one.default)
        form.own_sections.setdefault(one.section, []).append(one)


def sections(form: Any) -> list[tuple[str, list[tuple[Any, bool]]]]:
    """The inputs in their sections: each with whether it takes the whole width."""
    return [
        (section, [(form[one.key], one.type in WIDE) for one in fields])
        for section, fields in form.own_sections.items()
    ]


def said_of(form: Any, names: Iterable[str]) -> dict[str, Any]:
    """What a form says of own fields."""
    own = {one.key for fields in form.own_sections.values() for one in fields}
    return {name: form.cleaned_data[name] for name in names if name in own}
