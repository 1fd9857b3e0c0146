"""What every provider must be able to do, and the three ways in which it may fail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class NotNow(Exception):
    """Nothing was taken over; the same may work later."""


class Never(Exception):
    """Nothing was taken over, and nothing ever will be: the address or the message is refused."""


class Uncertain(Exception):
    """The connection broke while the message was being taken over: it may have arrived."""


class Fate(Enum):
    """What a provider says of a message when asked by its key."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Picture:
    """A picture that a message shows, under the name by which its HTML calls it."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Outgoing:
    """A message as a provider needs it. The key is the same at every attempt."""

    key: str
    message_id: str
    sender_name: str
    address: str
    language: str
    subject: str
    text: str
    html: str
    picture: Picture | None = None


class Transport(Protocol):
    """One way out."""

    name: str
    leaves_the_house: bool

    def send(self, outgoing: Outgoing) -> None:
        """Hand the message over, or raise NotNow, Never or Uncertain."""

    def look_up(self, outgoing: Outgoing) -> Fate:
        """What became of a message whose sending was interrupted."""
