"""Passwords are set in one place, which refuses what is easily guessed."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kesher.core.refusal import Refusal
from kesher.organization.models import Member


class WeakPassword(Refusal):
    """The password is short, common or like the name."""

    def __init__(self, reasons: list[str]):
        super().__init__(*reasons)
        self.message = " ".join(reasons)


def set_checked_password(member: Member, password: str) -> None:
    """Put a password on an unsaved member, or refuse it with every reason."""
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise WeakPassword(error.messages) from error
    member.set_password(password)
