"""A command that will not do what was asked says why, in words a person can act on."""

from typing import Any


class Refusal(Exception):
    """Base of every refusal; a subclass is named after the reason and carries its sentence."""

    message: Any = ""
    status = 422

    def __init__(self, *args: object, **named: object):
        super().__init__(*args)
        self.named = named

    def __str__(self) -> str:
        return str(self.message) % self.named if self.named else str(self.message)
