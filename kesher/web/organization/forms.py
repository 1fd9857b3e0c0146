"""Forms of the doors: the first visit and an invitation. They check shape; commands check truth."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kesher.organization.countries import countries, currencies, time_zones
from kesher.organization.models import Language
from kesher.organization.presets import TRADES
from kesher.web.organization.saving import Form


def password_input() -> forms.PasswordInput:
    """A new password; managers of passwords may fill and keep it."""
    return forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": 10})


class WelcomeForm(Form):
    """What a business is asked on the first day."""

    business = forms.CharField(label=_("Name of the business"), max_length=120)
    trade = forms.ChoiceField(label=_("Trade"), choices=list(TRADES.items()))
    branch = forms.CharField(label=_("First branch"), max_length=80, required=False)
    country = forms.ChoiceField(label=_("Country"))
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    name = forms.CharField(
        label=_("Your name"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(label=_("Password"), widget=password_input(), max_length=200,
                               strip=False)  # fmt: skip

    def __init__(self, *args: Any, **named: Any):
        super().__init__(*args, **named)
        language = (get_language() or "en").split("-")[0]
        as_usual = [("", _("As usual in the country"))]
        self.fields["country"].choices = countries(language)
        self.fields["country"].initial = {"he": "IL", "el": "GR"}.get(language, "IL")
        self.fields["currency"].choices = [*as_usual, *currencies(language)]
        self.fields["time_zone"].choices = [*as_usual, *time_zones()]


class InvitationForm(Form):
    """How a new member wishes to be called and to sign in."""

    name = forms.CharField(
        label=_("Your name"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    password = forms.CharField(label=_("Password"), widget=password_input(), max_length=200,
                               strip=False)  # fmt: skip
