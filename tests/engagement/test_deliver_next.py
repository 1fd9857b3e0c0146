"""From the outbox into the world: each message once, and its fate is known."""

import io
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from PIL import Image

from kesher.core.access import SYSTEM
from kesher.core.files import receive
from kesher.core.models import EventRecord, StoredFile
from kesher.engagement.channels.email import transport as email_transport
from kesher.engagement.channels.transport import Outgoing
from kesher.engagement.commands import delivering
from kesher.engagement.commands.delivering import (
    ATTEMPTS,
    LEASE,
    NotInDoubt,
    accept_as_sent,
    deliver_next,
    forget_old_links,
    recover_interrupted,
    send_again,
)
from kesher.engagement.commands.messaging import send_message
from kesher.engagement.models import Message
from kesher.organization.commands.settings import set_logo
from kesher.organization.models import Business
from tests.engagement.post_office import HANG_UP, open_post_office

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = NOW + LEASE + timedelta(seconds=1)


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def office(settings):
    with open_post_office(settings) as office:
        yield office


@pytest.fixture
def message(clinic):
    return send_message(
        by=SYSTEM, template="written", to=clinic.customers["noa"], key="visit-1", now=NOW,
        context={"subject": "התור שלך", "text": "נתראה מחר"},
    )  # fmt: skip


def invite(clinic, key="invitation-1"):
    return send_message(
        by=SYSTEM, template="invitation", to="new@clinic.test", key=key, now=NOW, language="en",
        context={
            "name": "Rivka", "business": "Carmel", "inviter": "Orly", "until": "1 December",
            "link": "https://kesher.test/secret",
        },
    )  # fmt: skip


def fate(message):
    message.refresh_from_db()
    return message.state


def test_without_a_mail_server_it_stays_in_the_mailbox(message):
    deliver_next(by=SYSTEM, now=NOW)

    assert fate(message) == "sent"
    assert (message.sent_at, message.text) == (NOW, "נתראה מחר")


def test_a_mail_server_gets_text_and_html_in_the_customers_language(office, message):
    deliver_next(by=SYSTEM, now=NOW)

    [mail] = office.arrived
    assert fate(message) == "sent"
    assert mail["To"] == "noa@example.test"
    assert mail["From"] == "Carmel Dental <no-reply@kesher.test>"
    assert (mail["Subject"], mail["Content-Language"]) == ("התור שלך", "he")
    assert mail.get_body("plain").get_content().strip() == "נתראה מחר"
    assert '<div lang="he" dir="rtl"' in mail.get_body("html").get_content()
    assert EventRecord.objects.filter(name="engagement.MessageSent").count() == 1


def test_nothing_is_sent_before_its_moment(clinic, office, message):
    Message.objects.update(not_before=NOW + timedelta(seconds=10))

    assert deliver_next(by=SYSTEM, now=NOW) is None
    assert deliver_next(by=SYSTEM, now=NOW + timedelta(seconds=10)) == message
    assert deliver_next(by=SYSTEM, now=LATER) is None
    assert len(office.arrived) == 1


def test_a_link_that_signs_in_is_not_kept_once_it_left(clinic, office):
    invited = invite(clinic)

    deliver_next(by=SYSTEM, now=NOW)

    assert "https://kesher.test/secret" in office.arrived[0].get_body("plain").get_content()
    assert fate(invited) == "sent"
    assert (invited.text, invited.html) == ("", "")


def test_links_in_the_mailbox_are_forgotten_when_they_no_longer_work(clinic, message):
    invited = invite(clinic)
    deliver_next(by=SYSTEM, now=NOW)
    deliver_next(by=SYSTEM, now=NOW)
    Message.objects.update(created_at=NOW)
    assert forget_old_links(by=SYSTEM, before=NOW) == 0

    assert forget_old_links(by=SYSTEM, before=LATER) == 1

    assert fate(invited) == "sent"
    assert (invited.text, invited.html) == ("", "")
    assert fate(message) == "sent"
    assert message.text


def test_what_belongs_to_the_demo_never_leaves(office, message):
    Business.objects.update(is_demo=True)

    deliver_next(by=SYSTEM, now=NOW)

    assert fate(message) == "sent"
    assert office.arrived == []


def test_a_passing_fault_is_tried_again_later_under_the_same_name(office, message):
    office.at_recipient = ["451 busy"]
    deliver_next(by=SYSTEM, now=NOW)

    assert (fate(message), message.error) == ("waiting", "451 busy")
    assert message.not_before == NOW + timedelta(minutes=1)

    office.at_end = ["452 no room"]
    deliver_next(by=SYSTEM, now=NOW + timedelta(minutes=1))
    assert fate(message) == "waiting"
    assert message.not_before == NOW + timedelta(minutes=5)

    deliver_next(by=SYSTEM, now=NOW + timedelta(minutes=5))
    assert fate(message) == "sent"
    assert len(office.arrived) == 1


def test_a_fault_that_does_not_pass_ends_it(office, message):
    office.at_recipient = ["550 no such person"]

    deliver_next(by=SYSTEM, now=NOW)

    assert (fate(message), message.error) == ("failed", "550 no such person")
    assert deliver_next(by=SYSTEM, now=NOW + timedelta(days=9)) is None


def test_it_gives_up_in_the_end(settings, office, message):
    settings.EMAIL_PORT = 1  # nobody listens there
    moment = NOW
    for _attempt in range(ATTEMPTS):
        deliver_next(by=SYSTEM, now=moment)
        message.refresh_from_db()
        moment = message.not_before
    assert fate(message) == "failed"
    assert "no connection" in message.error


def test_a_line_cut_while_handing_over_leaves_a_doubt_and_no_second_letter(office, message):
    office.at_end = [HANG_UP]

    deliver_next(by=SYSTEM, now=NOW)

    assert fate(message) == "unknown"
    for days in range(3):
        recover_interrupted(by=SYSTEM, now=NOW + timedelta(days=days))
        assert deliver_next(by=SYSTEM, now=NOW + timedelta(days=days)) is None
    assert len(office.arrived) == 1


def test_a_person_decides_what_is_in_doubt(clinic, office, message):
    office.at_end = [HANG_UP]
    deliver_next(by=SYSTEM, now=NOW)

    send_again(by=clinic.actor("receptionist"), message=message, now=LATER)
    deliver_next(by=SYSTEM, now=LATER)

    assert fate(message) == "sent"
    assert office.ids[0] == office.ids[1]
    with pytest.raises(NotInDoubt):
        accept_as_sent(by=clinic.actor("receptionist"), message=message, now=LATER)


def test_a_person_may_know_that_it_arrived(clinic, office, message):
    office.at_end = [HANG_UP]
    deliver_next(by=SYSTEM, now=NOW)

    accept_as_sent(by=clinic.actor("receptionist"), message=message, now=LATER)

    assert fate(message) == "sent"
    assert deliver_next(by=SYSTEM, now=LATER) is None


# ---- killed at every boundary


def killed(*_args, **_named):
    raise Killed


def test_killed_before_handing_over_nobody_knows_that_nothing_left(office, message, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(email_transport.SmtpTransport, "send", killed)
        with pytest.raises(Killed):
            deliver_next(by=SYSTEM, now=NOW)
    assert fate(message) == "sending"

    assert recover_interrupted(by=SYSTEM, now=NOW + timedelta(minutes=1)) == 0
    assert recover_interrupted(by=SYSTEM, now=LATER) == 1
    assert (fate(message), message.error) == ("unknown", "interrupted")
    assert deliver_next(by=SYSTEM, now=LATER + timedelta(days=1)) is None
    assert office.arrived == []


def test_killed_after_handing_over_it_is_not_sent_twice(office, message, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(delivering, "_settle", killed)
        with pytest.raises(Killed):
            deliver_next(by=SYSTEM, now=NOW)
    assert fate(message) == "sending"

    recover_interrupted(by=SYSTEM, now=LATER)
    assert deliver_next(by=SYSTEM, now=LATER) is None
    assert fate(message) == "unknown"
    assert len(office.arrived) == 1


def test_killed_while_settling_it_is_not_sent_twice(office, message, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(delivering, "announce", killed)
        with pytest.raises(Killed):
            deliver_next(by=SYSTEM, now=NOW)
    assert fate(message) == "sending"
    assert len(office.arrived) == 1


def test_killed_before_claiming_it_simply_waits(office, message, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(Message, "save", killed)
        with pytest.raises(Killed):
            deliver_next(by=SYSTEM, now=NOW)
    assert fate(message) == "waiting"

    deliver_next(by=SYSTEM, now=NOW)
    assert fate(message) == "sent"
    assert len(office.arrived) == 1


def test_killed_in_front_of_the_mailbox_it_is_sent_later(message, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(delivering, "_settle", killed)
        with pytest.raises(Killed):
            deliver_next(by=SYSTEM, now=NOW)

    recover_interrupted(by=SYSTEM, now=LATER)
    assert fate(message) == "waiting"
    deliver_next(by=SYSTEM, now=message.not_before)
    assert fate(message) == "sent"


@pytest.mark.parametrize("address", ["δοκιμή@example.test", "ok@παράδειγμα.ελ"])
def test_an_address_in_other_letters_is_written_as_the_network_wants_or_refused(address):
    outgoing = Outgoing("k", "<1@kesher.test>", "Carmel", address, "el", "Hi", "Words", "")
    if address.startswith("ok"):
        assert email_transport.compose(outgoing)["To"] == "ok@xn--hxajbheg2az3al.xn--qxam"
    else:
        with pytest.raises(email_transport.Never):
            email_transport.compose(outgoing)


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_message_once(settings):
    from tests.people import open_clinic

    clinic = open_clinic()
    for number in range(30):
        invite(clinic, key=f"invitation-{number}")
    with open_post_office(settings) as office:
        workers = [threading.Thread(target=_work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert len(office.ids) == len(set(office.ids)) == 30
    assert Message.objects.filter(state="sent").count() == 30


def _work():
    try:
        while deliver_next(by=SYSTEM, now=NOW) is not None:
            pass
    finally:
        connection.close()


def test_the_logo_travels_with_the_message_and_is_shown_in_it(office, clinic, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(picture, "PNG")
    logo = receive([picture.getvalue()], "logo.png")
    set_logo(by=clinic.actor("owner"), business=Business.objects.get(), picture=logo)
    send_message(
        by=SYSTEM, template="written", to=clinic.customers["noa"], key="visit-2", now=NOW,
        context={"subject": "התור שלך", "text": "נתראה מחר"},
    )  # fmt: skip

    deliver_next(by=SYSTEM, now=NOW)

    (mail,) = office.arrived
    shown = mail.get_body(("html",)).get_content()
    (part,) = [one for one in mail.walk() if one.get_content_maintype() == "image"]
    name = part["Content-ID"].strip("<>")
    assert f'src="cid:{name}"' in shown
    assert "<bdi>Carmel Dental</bdi>" in shown
    assert part.get_content() == b"".join(
        p.read_bytes() for p in tmp_path.glob("*/*") if len(p.name) == 64
    )
    assert list(mail.iter_attachments()) == []


def test_a_logo_too_heavy_for_a_letter_stays_at_home(office, clinic, message, monkeypatch):
    logo = StoredFile.objects.create(digest="a" * 64, content_type="image/png", size=200_001)
    Business.objects.update(logo=logo)
    send_message(
        by=SYSTEM, template="written", to=clinic.customers["noa"], key="visit-2", now=NOW,
        context={"subject": "התור שלך", "text": "נתראה מחר"},
    )  # fmt: skip

    assert "<img" not in Message.objects.get(key="visit-2").html
