"""How a member is reached: by one e-mail address, which nobody shares, and in one language."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.models import Language, Member


class NoSuchLanguage(Refusal):
    """Kesher does not speak it."""

    message = _("Choose one of the languages in the list.")


class AddressTaken(Refusal):
    """Two members cannot share an e-mail address: they sign in with it."""

    message = _("A member already signs in with %(email)s.")


class BadAddress(Refusal):
    """What was typed is not an e-mail address."""

    message = _("%(email)s is not an e-mail address.")


def free_address(email: str, *, besides: Member | None = None) -> str:
    """The address as it is kept, if it is one and nobody else signs in with it."""
    kept = clean(email).lower()
    try:
        validate_email(kept)
    except ValidationError as error:
        raise BadAddress(email=kept[:80]) from error
    others = Member.objects.filter(email__iexact=kept)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise AddressTaken(email=kept)
    return kept


def spoken(language: str) -> str:
    """The language, if Kesher speaks it."""
    if language not in Language.values:
        raise NoSuchLanguage
    return language
