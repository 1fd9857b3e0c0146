"""Secrets that Kesher must be able to say again: sealed with a key of this installation."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kesher.core.refusal import Refusal


class SealBroken(Refusal):
    """What was sealed under another key, or was tampered with."""

    message = _(
        "The password that is kept here cannot be read any more: the secret key of this Kesher has "
        "changed. Type the password anew."
    )


def seal(text: str, purpose: str) -> str:
    """The text as it may be kept; only the same installation, for the same purpose, opens it."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """What was sealed."""
    try:
        return _cipher(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken from None


def _cipher(purpose: str) -> Fernet:
    derived = salted_hmac(purpose, "1", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(derived))
