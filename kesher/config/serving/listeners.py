"""Who listens to the live stream, as whom, and what each of them may hear."""

import asyncio
import json
from dataclasses import dataclass, field
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.http.cookie import parse_cookie

from kesher.core.access import Actor
from kesher.core.events import may_hear
from kesher.core.models import EventRecord
from kesher.surface.actor import acting

# After one of these facts, what a listener may hear is asked anew before anything else is told.
RIGHTS_CHANGED = {
    "organization.AccessChanged",
    "organization.MemberChanged",
    "organization.MemberLeft",
    "organization.SessionsEnded",
}
STREAMS_A_MEMBER = 12
MOST_UNSENT = 500
GOODBYE = b"event: signed-out\ndata: {}\n\n"
LAG = b"event: missed\ndata: {}\n\n"


@dataclass(eq=False)
class Listener:
    """One open stream."""

    session_key: str
    actor: Actor
    unsent: asyncio.Queue = field(default_factory=asyncio.Queue)
    parting: bytes | None = None  # set when the stream is to end, with the last words

    def tell(self, record: EventRecord) -> None:
        if self.parting is not None or not may_hear(self.actor, record):
            return
        if self.unsent.qsize() >= MOST_UNSENT:
            self.part(LAG)
            return
        self.unsent.put_nowait(frame(record))

    def part(self, words: bytes) -> None:
        self.parting = words
        self.unsent.put_nowait(words)


def frame(record: EventRecord) -> bytes:
    """That something changed and which version it has now; what, only the page may fetch."""
    said = {
        "kind": record.kind,
        "id": record.record_id,
        "version": record.version,
        "by": record.actor_id,
    }
    return f"id: {record.pk}\ndata: {json.dumps(said, separators=(',', ':'))}\n\n".encode()


def session_key_of(headers: list[tuple[bytes, bytes]]) -> str:
    cookies = "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")


def actor_behind(session_key: str) -> Actor | None:
    """The member whose session it is, with the rights of this moment; none once signed out."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    member = get_user(request)
    if not member.is_authenticated or not member.is_active:
        return None
    return acting(request.session, member)[0]
