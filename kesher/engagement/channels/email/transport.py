from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, parseaddr

from django.conf import settings

from kesher.engagement.channels.transport import (
    Fate,
    Never,
    NotNow,
    Outgoing,
    Picture,
    Uncertain,
)

PERMANENT = 500


class SmtpTransport:
    """Hands messages to the mail server of KESHER_MAIL_URL, one connection each."""

    name = "smtp"
    leaves_the_house = True

    def send(self, outgoing: Outgoing) -> None:
        """Hand over step by step, for only the last step can leave us in doubt."""
        mail = compose(outgoing)
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        try:
            server = _connect()
        except smtplib.SMTPAuthenticationError as error:
            raise NotNow(f"sign-in refused: {_said(error)}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(f"no connection: {_said(error)}") from error
        try:
            _offer(server, sender, _in_ascii(outgoing.address))
            _hand_over(server, mail)
        finally:
            _part(server)

    def look_up(self, outgoing: Outgoing) -> Fate:
        """A mail server keeps no list that could be asked."""
        return Fate.UNKNOWN


def compose(outgoing: Outgoing) -> EmailMessage:
    """The letter as it goes over the wire: text, HTML, and the same Message-ID at every attempt."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = Address(outgoing.sender_name, addr_spec=sender)
    mail["To"] = Address(addr_spec=_in_ascii(outgoing.address))
    mail["Subject"] = " ".join(outgoing.subject.split())
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = outgoing.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(outgoing.text, cte="base64")
    if outgoing.html:
        mail.add_alternative(outgoing.html, subtype="html", cte="base64")
        if outgoing.picture:
            _show(mail, outgoing.picture)
    mail["Content-Language"] = outgoing.language  # last: a part added later would take it along
    return mail


def _show(mail: EmailMessage, picture: Picture) -> None:
    """Put a picture beside the HTML that shows it, so that no reader lists it as a file."""
    maintype, _slash, subtype = picture.content_type.partition("/")
    page = mail.get_payload()[1]
    page.add_related(
        picture.content, maintype, subtype, cid=f"<{picture.name}>", disposition="inline"
    )


def _in_ascii(address: str) -> str:
    """The address with the domain as the network writes it."""
    local, _at, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        local.encode("ascii")
    except UnicodeError as error:
        raise Never("the address cannot be written in Latin letters") from error
    return f"{local}@{ascii_domain}"


def _connect() -> smtplib.SMTP:
    secured = ssl.create_default_context()
    if settings.EMAIL_USE_SSL:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT,
            context=secured,
        )  # fmt: skip
    else:
        server = smtplib.SMTP(
            settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT
        )
    try:
        server.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            server.starttls(context=secured)
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except BaseException:
        server.close()
        raise
    return server


def _offer(server: smtplib.SMTP, sender: str, recipient: str) -> None:
    """Name sender and recipient: until the server said yes to both, nothing is taken over."""
    try:
        for code, said in (server.mail(sender), server.rcpt(recipient)):
            if code >= PERMANENT:
                raise Never(f"{code} {_text(said)}")
            if code not in (250, 251):
                raise NotNow(f"{code} {_text(said)}")
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow(f"connection lost: {_said(error)}") from error


def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        code, said = server.data(mail.as_bytes())
    except smtplib.SMTPDataError as error:  # the server did not let us begin
        kind = Never if error.smtp_code >= PERMANENT else NotNow
        raise kind(f"{error.smtp_code} {_text(error.smtp_error)}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Uncertain(f"connection lost while handing over: {_said(error)}") from error
    if code >= PERMANENT:
        raise Never(f"{code} {_text(said)}")
    if code != 250:
        raise NotNow(f"{code} {_text(said)}")


def _part(server: smtplib.SMTP) -> None:
    """Say goodbye; a server that is gone already has kept what it accepted."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__
