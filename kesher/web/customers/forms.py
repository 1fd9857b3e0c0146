"""Forms about customers. They check shape and language; the commands check truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, readable, visible
from kesher.core.text import clean
from kesher.customers.models import Channel, ContactPoint, Customer, CustomerTag, Source, Tie, Wish
from kesher.customers.typed import line
from kesher.organization.models import Branch, Language, Member, Team
from kesher.web.own.inputs import add_inputs, sections

LTR = {"dir": "ltr", "autocapitalize": "off", "spellcheck": "false"}
MOST_TAGS = 30


class Day(forms.DateField):
    """A day as people of the language write it: 01/02/2026 is the first of February."""

    def __init__(self, **named: Any):
        widget = forms.DateInput(
            attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}, format="%d/%m/%Y"
        )
        super().__init__(widget=widget, localize=True, required=False, **named)

    def to_python(self, value: Any) -> Any:
        """Direction marks come along with a pasted day."""
        return super().to_python(line(value) if isinstance(value, str) else value)


class Words(forms.CharField):
    """Text of one line, without what no person types."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value))


class Tags(Words):
    """Words parted by commas."""

    def clean(self, value: Any) -> list[str]:
        """Each once, in the order in which they were typed."""
        typed = super().clean(value)
        return list(dict.fromkeys(tag.strip() for tag in typed.split(",") if tag.strip()))[
            :MOST_TAGS
        ]


class Several(forms.ModelMultipleChoiceField):
    """Several of those that are offered."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        """A number greater than any row can have is none of them."""
        fitting = [one for one in value or () if len(str(one)) < 19]
        return super().clean(fitting if len(fitting) == len(value or ()) else ["?"])


def phone_input() -> forms.TextInput:
    """A telephone number: digits run from left to right in every language."""
    return forms.TextInput(attrs={**LTR, "type": "tel", "inputmode": "tel", "autocomplete": "off"})


def email_input() -> forms.TextInput:
    """An e-mail address."""
    return forms.TextInput(
        attrs={**LTR, "type": "email", "inputmode": "email", "autocomplete": "off"}
    )


class Form(forms.Form):
    """A form that knows with which status its page answers."""

    @property
    def status(self) -> int:
        return 422 if self.is_bound and self.errors else 200

    @property
    def own(self) -> list[Any]:
        """The inputs of the business's own fields, in their sections."""
        return sections(self)


class NewForm(Form):
    """Somebody new: a number and a name are enough."""

    phone = Words(label=_("Telephone"), required=False, max_length=80, widget=phone_input())
    name = Words(
        label=_("Name"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Customer.Kind, initial=Customer.Kind.PERSON,
        widget=forms.RadioSelect, required=False,
    )  # fmt: skip
    email = Words(label=_("E-mail"), required=False, max_length=254, widget=email_input())
    city = Words(label=_("City"), required=False, max_length=80)
    birth_on = Day(label=_("Birthday"), help_text=_("Day, month, year: 31/12/1990"))
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", "—"), *Language.choices], required=False
    )
    stage = forms.ChoiceField(
        label=_("Life stage"), choices=Customer.Stage, initial=Customer.Stage.PROSPECT,
        required=False,
    )  # fmt: skip
    source = Words(label=_("Came from"), required=False, max_length=80)
    tags = Tags(label=_("Tags"), required=False, max_length=600, help_text=_("Parted by commas"))
    owner = forms.ModelChoiceField(None, label=_("Responsible"), required=False, empty_label="—")
    branches = Several(None, label=_("Branches"), required=False)
    about = forms.CharField(
        label=_("Good to know"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **named: Any):
        super().__init__(*args, **named)
        held = readable(actor, Customer)
        for name in ("phone", "email", "birth_on", "about"):
            if name not in held:
                del self.fields[name]
        self.fields["owner"].queryset = _members(actor)
        self.fields["branches"].queryset = visible(actor, Branch).filter(closed_on=None)
        if self.fields["branches"].queryset.count() < 2:
            del self.fields["branches"]
        add_inputs(self, actor, "customers")

    @property
    def needed(self) -> list[Any]:
        """The inputs of own fields that must be filled in."""
        return [one for _section, inputs in self.own for one in inputs if one[0].field.required]

    @property
    def others(self) -> list[Any]:
        """Those that need not."""
        return [one for _section, inputs in self.own for one in inputs if not one[0].field.required]

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Customer.Kind.PERSON

    def clean_stage(self) -> str:
        return self.cleaned_data["stage"] or Customer.Stage.PROSPECT


class EditForm(Form):
    """All that is kept on a customer's own row. What one did not touch is not sent on."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind)
    first_name = Words(label=_("First name"), required=False, max_length=100)
    last_name = Words(label=_("Family name"), required=False, max_length=100)
    name = Words(label=_("Name"), required=False, max_length=200)
    reference = Words(
        label=_("Customer number"), required=False, max_length=60,
        widget=forms.TextInput(attrs=LTR),
    )  # fmt: skip
    gender = forms.ChoiceField(
        label=_("Gender"), choices=[("", "—"), *Customer.Gender.choices], required=False
    )
    birth_on = Day(label=_("Birthday"), help_text=_("Day, month, year: 31/12/1990"))
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", "—"), *Language.choices], required=False
    )
    city = Words(label=_("City"), required=False, max_length=80)
    preferred_channel = forms.ChoiceField(
        label=_("Preferred channel"), choices=[("", "—"), *Channel.choices], required=False
    )
    preferred_member = forms.ModelChoiceField(
        None, label=_("Preferred colleague"), required=False, empty_label="—"
    )
    preferred_days = forms.TypedMultipleChoiceField(
        label=_("Preferred days"), choices=list(WEEKDAYS.items()), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    preferred_from = forms.TimeField(
        label=_("Not before"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    preferred_until = forms.TimeField(
        label=_("Not after"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    owner = forms.ModelChoiceField(None, label=_("Responsible"), required=False, empty_label="—")
    team = forms.ModelChoiceField(None, label=_("Team"), required=False, empty_label="—")
    branches = Several(None, label=_("Branches"), required=False)
    tags = Tags(label=_("Tags"), required=False, max_length=2000, help_text=_("Parted by commas"))
    source = Words(label=_("Came from"), required=False, max_length=80)
    stage = forms.ChoiceField(label=_("Life stage"), choices=Customer.Stage)
    since_on = Day(label=_("Customer since"))
    about = forms.CharField(
        label=_("Good to know"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(
        self, actor: Actor, customer: Customer, data: Mapping | None = None, week_start: int = 0
    ):
        held = readable(actor, Customer)
        super().__init__(data, initial=_held(actor, customer))
        is_person = customer.kind == Customer.Kind.PERSON
        unused = ("name",) if is_person else ("first_name", "last_name")
        for name in [one for one in self.fields if one not in held or one in unused]:
            del self.fields[name]
        querysets = {
            "owner": _members(actor),
            "preferred_member": _members(actor),
            "team": visible(actor, Team).order_by("name"),
            "branches": visible(actor, Branch).order_by("name"),
        }
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset
        days = list(WEEKDAYS.items())
        self.fields["preferred_days"].choices = days[week_start:] + days[:week_start]
        add_inputs(self, actor, "customers", customer)
        for bound in self.fields.values():
            bound.show_hidden_initial = True

    @property
    def hidden_initials(self) -> list[str]:
        """What each field held when the form was opened, so that only what was touched is sent."""
        return [bound.as_hidden(only_initial=True) for bound in self]

    @property
    def touched(self) -> dict[str, Any]:
        """The fields that differ from what the form showed, with their new values."""
        return {name: self.cleaned_data.get(name) for name in self.changed_data}

    def before(self, name: str) -> Any:
        """What a field showed when the form was opened."""
        bound = self[name]
        raw = bound.field.hidden_widget().value_from_datadict(
            self.data, self.files, self.add_initial_prefix(name)
        )
        return bound.field.clean(raw)


class ContactForm(Form):
    """A way to reach a customer."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind)
    value = Words(
        label=_("Number, e-mail or address"), max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip
    label = Words(label=_("Label"), required=False, max_length=60)
    is_first = forms.BooleanField(label=_("Preferred of its kind"), required=False)


class ChangedContactForm(Form):
    """A way to reach a customer, corrected."""

    value = Words(label=_("Number, e-mail or address"), max_length=300)
    label = Words(label=_("Label"), required=False, max_length=60)
    valid_until = Day(label=_("In use until"))


class TieForm(Form):
    """What a customer is to another one."""

    role = forms.ChoiceField(label=_("Tie"), choices=Tie.Role)
    other = forms.IntegerField(label=_("Who"), required=False, max_value=2**63 - 1, min_value=1)
    title = Words(label=_("Title"), required=False, max_length=80)
    starts_on = Day(label=_("Since"))
    moves = forms.BooleanField(label=_("Ends the former employment"), required=False)


class WishForm(Form):
    """What a customer needs or wishes."""

    text = Words(label=_("What he needs or wishes"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=Wish.Kind, initial=Wish.Kind.WISH)
    wanted_on = Day(label=_("Wanted by"))


def _members(actor: Actor) -> Any:
    return visible(actor, Member).filter(is_active=True).order_by("name")


def _held(actor: Actor, customer: Customer) -> dict[str, Any]:
    """What the form shows: the row, and what lies beside it."""
    held = {
        name: getattr(customer, column.attname)
        for name in EditForm.base_fields
        if name not in ("branches", "tags")
        and (column := Customer._meta.get_field(name)) is not None
    }
    tags = visible(actor, CustomerTag).filter(customer=customer).order_by("tag__name")
    held["tags"] = ", ".join(tags.values_list("tag__name", flat=True))
    branches = visible(actor, Branch).filter(customers=customer)
    held["branches"] = list(branches.values_list("pk", flat=True))
    source = visible(actor, Source).filter(pk=customer.source_id).first()
    held["source"] = source.name if source else ""
    return held
