from datetime import UTC, datetime, timedelta

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.models import EventRecord
from kesher.customers.models import Customer
from kesher.engagement.commands.messaging import (
    AlreadyOnItsWay,
    UnknownTemplate,
    send_message,
    withdraw_message,
)
from kesher.engagement.filling import FieldMissing, UnknownField
from kesher.engagement.message_texts import TEMPLATES, MessageTemplate, Text
from kesher.engagement.models import Message
from kesher.organization.models import Business

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WORDS = {"subject": "Your visit", "text": "We look forward to it."}


def write(clinic, to="noa", by="receptionist", **changed):
    given = {"template": "written", "context": WORDS, "key": "visit-1", "now": NOW, **changed}
    return send_message(by=clinic.actor(by), to=clinic.customers[to], **given)


def queued():
    return EventRecord.objects.filter(name="engagement.MessageQueued").count()


def test_writes_one_row_in_the_customers_language_and_queues_it(clinic):
    message = write(clinic)

    assert (message.state, message.language) == ("waiting", "he")
    assert (message.address, message.reason) == ("noa@example.test", "service")
    assert message.text == "We look forward to it."
    assert 'lang="he" dir="rtl"' in message.html
    assert "Carmel Dental" in message.html
    assert queued() == 1


def test_the_same_key_is_written_once(clinic):
    first, second = write(clinic), write(clinic, context=WORDS | {"text": "Other words"})

    assert first == second
    assert Message.objects.count() == 1
    assert queued() == 1


def test_remembers_what_it_is_about(clinic):
    message = write(clinic, about=clinic.haifa)

    assert (message.about_kind, message.about_id) == ("organization.branch", clinic.haifa.pk)


def test_a_member_is_written_to_in_his_own_language(clinic):
    dentist = clinic.members["dentist"]
    dentist.language = "el"
    dentist.save()

    message = send_message(
        by=SYSTEM, template="password_reset", to=dentist, key="reset-1", now=NOW,
        context={"name": dentist.name, "business": "Carmel", "link": "https://kesher.test/r/1"},
    )  # fmt: skip

    assert message.subject == "Νέος κωδικός για: Carmel"
    assert "https://kesher.test/r/1" in message.text
    assert 'href="https://kesher.test/r/1"' in message.html
    assert message.purpose == "access"


def test_without_an_address_nothing_leaves_and_the_reason_is_kept(clinic):
    message = write(clinic, to="eleni", by="eilat")

    assert (message.state, message.reason) == ("refused", "no_address")
    assert queued() == 0


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [({"email": "not an address"}, "bad_address"), ({"binned_at": NOW}, "binned")],
)
def test_the_gate_says_why_not(clinic, prepare, reason):
    Customer.objects.filter(pk=clinic.customers["noa"].pk).update(**prepare)
    clinic.customers["noa"].refresh_from_db()

    assert write(clinic, by="owner").reason == reason


def test_a_leaver_is_not_written_to(clinic):
    message = send_message(
        by=SYSTEM, template="written", to=clinic.members["leaver"], context=WORDS, key="k", now=NOW
    )

    assert (message.state, message.reason) == ("refused", "left")


def test_a_channel_without_a_provider_is_refused_with_its_reason(clinic):
    assert write(clinic, channel="sms").reason == "no_channel"


def test_html_in_a_field_stays_text(clinic):
    message = write(clinic, context={"subject": "<b>Hi</b>", "text": "<img src=x>\n{name}"})

    assert "&lt;img src=x&gt;<br>{name}" in message.html
    assert "<img" not in message.html
    assert message.text == "<img src=x>\n{name}"


def test_a_line_break_in_a_subject_starts_no_header(clinic):
    message = write(clinic, context={"subject": "Hi\r\nBcc: x@evil.test", "text": "Words"})

    assert message.subject == "Hi Bcc: x@evil.test"


@pytest.mark.parametrize("text", ["{secret}", "{text.__class__}", "{text!r}", "{text:>9}", "{0}"])
def test_refuses_a_text_with_a_field_the_message_does_not_have(clinic, monkeypatch, text):
    spoiled = MessageTemplate("spoiled", frozenset({"text"}), {"he": Text("Hello", text)})
    monkeypatch.setitem(TEMPLATES, "spoiled", spoiled)

    with pytest.raises(UnknownField):
        write(clinic, template="spoiled")
    assert not Message.objects.exists()


def test_refuses_to_send_a_message_with_a_hole(clinic):
    with pytest.raises(FieldMissing):
        write(clinic, context={"subject": "Hi", "text": "  "})


def test_refuses_an_unknown_message(clinic):
    with pytest.raises(UnknownTemplate):
        write(clinic, template="nothing")


def test_nobody_writes_to_a_customer_out_of_his_sight(clinic):
    with pytest.raises(AccessDenied):
        write(clinic, by="eilat")


def test_only_who_manages_members_writes_to_an_address(clinic):
    given = {"template": "written", "to": "x@example.test", "context": WORDS, "now": NOW}
    send_message(by=clinic.actor("manager"), key="a", **given)

    with pytest.raises(AccessDenied):
        send_message(by=clinic.actor("receptionist"), key="b", **given)


def test_can_be_taken_back_until_it_leaves(clinic):
    message = write(clinic, not_before=NOW + timedelta(seconds=10))
    assert message.not_before == NOW + timedelta(seconds=10)

    withdraw_message(by=clinic.actor("receptionist"), message=message)

    message.refresh_from_db()
    assert (message.state, message.reason) == ("refused", "withdrawn")
    with pytest.raises(AlreadyOnItsWay):
        withdraw_message(by=clinic.actor("receptionist"), message=message)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda t: t.name)
def test_every_text_exists_in_three_languages_and_fills(clinic, template):
    Business.objects.update(brand_colour="#7a1f5c")
    values = {name: f"«{name}»" for name in template.fields}
    used = {}
    for language in ("en", "he", "el"):
        message = send_message(
            by=SYSTEM, template=template.name, to="x@example.test", context=values,
            key=language, now=NOW, language=language,
        )  # fmt: skip
        used[language] = {name for name in template.fields if f"«{name}»" in message.text}
        assert "{" not in message.subject + message.text
        assert "#7a1f5c" in message.html
    assert used["en"] == used["he"] == used["el"]
