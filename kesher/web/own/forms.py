"""Forms about the fields themselves: what they are called, what they hold, who reads them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.own.converting import target_of
from kesher.core.own.models import OwnField
from kesher.organization.models import Classification, Language
from kesher.web.organization.saving import Form

LABELS = [("en", "English"), ("he", "עברית"), ("el", "Ελληνικά")]


class _FieldForm(Form):
    """What is common to making a field and changing one."""

    hint = forms.CharField(
        label=_("Hint"), required=False, max_length=200,
        help_text=_("Stands under the input, for those who fill it in."),
    )  # fmt: skip
    section = forms.CharField(
        label=_("Section"), required=False, max_length=60,
        help_text=_("Fields of one section stand together in forms and on the page."),
    )  # fmt: skip
    classification = forms.ChoiceField(label=_("Who may read it"))
    is_required = forms.BooleanField(label=_("Must be filled in"), required=False)
    default = forms.CharField(label=_("New records begin with"), required=False, max_length=200)

    def __init__(self, *args: Any, actor: Actor, **named: Any):
        super().__init__(*args, **named)
        self.fields["classification"].choices = [
            (one.key, str(one))
            for one in visible(actor, Classification)
            if actor.cleared_for(one.key)
        ]


class NewFieldForm(_FieldForm):
    """A field to be: a name and a type are enough."""

    name = forms.CharField(
        label=_("Name"), max_length=60,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip
    type = forms.ChoiceField(label=_("What it holds"), choices=OwnField.Type)
    choices = forms.CharField(
        label=pgettext_lazy("of a field", "Choices"), required=False, max_length=10_000,
        help_text=_("One on each line."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )  # fmt: skip
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )  # fmt: skip
    field_order = ("name", "type", "choices", "currency", "classification")

    def __init__(self, *args: Any, **named: Any):
        super().__init__(*args, **named)
        spoken = (get_language() or "en").split("-")[0]
        for language, label in LABELS:
            if language != spoken:
                self.fields[language] = forms.CharField(
                    label=_("Name in %(language)s") % {"language": label}, required=False,
                    max_length=60, widget=forms.TextInput(attrs={"lang": language, "dir": "auto"}),
                )  # fmt: skip

    @property
    def labels(self) -> dict[str, str]:
        """Its names by language; the first one is in the language that is spoken here."""
        spoken = (get_language() or "en").split("-")[0]
        given = self.cleaned_data
        return {spoken: given["name"]} | {
            language: given[language] for language in Language.values if given.get(language)
        }

    @property
    def offered(self) -> list[dict[str, str]]:
        """The choices, one from each line."""
        return _lines(self.cleaned_data["choices"])

    @property
    def others(self) -> list[Any]:
        """The names in the other languages."""
        return [self[language] for language, _label in LABELS if language in self.fields]


class ChangedFieldForm(_FieldForm):
    """A field that is there, with its names and choices in every language."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    en = forms.CharField(label="English", max_length=60, required=False)
    he = forms.CharField(label="עברית", max_length=60, required=False)
    el = forms.CharField(label="Ελληνικά", max_length=60, required=False)
    more = forms.CharField(
        label=_("More choices"), required=False, max_length=10_000,
        help_text=_("One on each line."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip

    def __init__(self, *args: Any, one: OwnField, **named: Any):
        held = {name: getattr(one, name) for name in _FieldForm.base_fields} | one.labels
        super().__init__(*args, initial=held | {"seen": one.version}, **named)
        self.one = one
        if not one.is_chosen:
            del self.fields["more"]
        if one.type == OwnField.Type.MANY:
            del self.fields["default"]

    @property
    def values(self) -> dict[str, Any]:
        """What is to be written."""
        given = self.cleaned_data
        values = {name: given[name] for name in _FieldForm.base_fields if name in given}
        values["labels"] = {language: given[language] for language, _label in LABELS}
        if self.one.is_chosen:
            values["choices"] = self._choices()
        return values

    def _choices(self) -> list[dict[str, Any]]:
        """Each choice as it now reads; one whose names are all emptied is to go."""
        kept = []
        for at, choice in enumerate(self.one.choices):
            typed = {
                language: str(self.data.get(f"choice-{at}-{language}", "")).strip()
                for language, _label in LABELS
            }
            labels = {language: name for language, name in typed.items() if name}
            if labels:
                retired = bool(self.data.get(f"choice-{at}-retired"))
                kept.append({"key": choice["key"], "labels": labels, "retired": retired})
        return kept + [{"labels": one} for one in _lines(self.cleaned_data.get("more", ""))]

    @property
    def offered(self) -> list[dict[str, Any]]:
        """The choices as they stand in the form."""
        return [
            {
                "names": [
                    (language, label, self.data.get(f"choice-{at}-{language}")
                     if self.is_bound else choice["labels"].get(language, ""))
                    for language, label in LABELS
                ],
                "at": at, "retired": choice.get("retired"),
            }
            for at, choice in enumerate(self.one.choices)
        ]  # fmt: skip


class TypeForm(Form):
    """What a field is to hold from now on."""

    type = forms.ChoiceField(label=_("What it holds"))
    choices = forms.CharField(
        label=pgettext_lazy("of a field", "Choices"), required=False, max_length=10_000,
        help_text=_("One on each line."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )  # fmt: skip
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )  # fmt: skip

    def __init__(self, *args: Any, one: OwnField, **named: Any):
        super().__init__(*args, **named)
        self.one = one
        kinds = OwnField.Type.choices
        self.fields["type"].choices = [pair for pair in kinds if pair[0] != one.type]

    @property
    def wanted(self) -> OwnField:
        """The field as it would be."""
        given = self.cleaned_data
        return target_of(self.one, given["type"], _lines(given["choices"]), given["currency"])


def _lines(text: str) -> list[dict[str, str]]:
    """A choice from each line, in the language that is spoken here."""
    spoken = (get_language() or "en").split("-")[0]
    return [{spoken: line.strip()} for line in text.splitlines() if line.strip()]
