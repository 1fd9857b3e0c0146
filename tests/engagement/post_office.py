"""A mail server of the tests: keeps what it accepts, and fails where a test wants it to."""

from __future__ import annotations

import email
import socket
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller

HANG_UP = "hang up"


class PostOffice:
    """What arrived, and what to answer next: at RCPT and at the end of DATA."""

    def __init__(self):
        self.arrived: list[EmailMessage] = []
        self.at_recipient: list[str] = []
        self.at_end: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self.at_end.pop(0) if self.at_end else "250 OK"
        if answer.startswith("250") or answer == HANG_UP:
            self.arrived.append(email.message_from_bytes(envelope.content, policy=default))
        if answer == HANG_UP:
            server.transport.abort()
        return answer

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.arrived]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def open_post_office(settings):
    """A real SMTP server on a free port, and settings that send there."""
    office = PostOffice()
    port = _free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    settings.KESHER_MAIL_URL = f"smtp://127.0.0.1:{port}"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "Kesher <no-reply@kesher.test>"
    try:
        yield office
    finally:
        controller.stop()
