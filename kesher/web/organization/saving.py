"""From a valid form to a command: what it refuses becomes a sentence in the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from kesher.core.changes import EditConflict
from kesher.core.refusal import Refusal


def day_input() -> forms.DateInput:
    """A day, chosen from the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


GARBLED = _("The browser sent something that Kesher cannot read. Go back and try again.")
Result = TypeVar("Result")
YEAR = 365 * 24 * 3600


class Form(forms.Form):
    """A form that knows with which status its page answers."""

    def full_clean(self) -> None:
        """What is wrong with a field that nobody sees is said of the whole form."""
        super().full_clean()
        if any(self.has_error(bound.name) for bound in self.hidden_fields()):
            self.add_error(None, GARBLED)

    @property
    def status(self) -> int:
        return 422 if self.is_bound and self.errors else 200


def saved(form: forms.Form, command: Callable[[], Result]) -> Result | None:
    """What the command returns; a refusal that the form can show is shown there, others pass."""
    try:
        return command()
    except EditConflict:
        raise
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, str(refusal))
        return None


def save(form: forms.Form, command: Callable[[], object]) -> bool:
    """Whether the command did its work; a refusal that the form can show is shown there."""
    saved(form, command)
    return not form.errors


def keep_language(response: HttpResponse, language: str) -> HttpResponse:
    """Speak the chosen language from the next page on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, httponly=True, samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )  # fmt: skip
    return response
