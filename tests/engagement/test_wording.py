"""The business says what it says in its own words."""

from datetime import UTC, datetime

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.changes import EditConflict
from kesher.core.models import Change
from kesher.engagement.commands.messaging import UnknownTemplate, send_message
from kesher.engagement.commands.wording import restore_wording, word_message
from kesher.engagement.filling import UnknownField, UnreadableText
from kesher.engagement.message_texts import TEMPLATES, Text
from kesher.engagement.models import MessageText
from kesher.engagement.wording import WORDED, ButtonMissing, WordsMissing, WordsTooLong

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OURS = Text("Come to {business}", "Dear {name},\n\n{inviter} would like you here.", "Come in")


def word(clinic, by="owner", template="invitation", language="en", text=OURS, **more):
    return word_message(
        by=clinic.actor(by), template=template, language=language, text=text, **more
    )


def invite(language="en"):
    return send_message(
        by=SYSTEM, template="invitation", to="new@clinic.test", key=language, now=NOW,
        language=language,
        context={
            "name": "Rivka", "business": "Carmel", "inviter": "Orly", "until": "1 December",
            "link": "https://kesher.test/secret",
        },
    )  # fmt: skip


def test_messages_of_that_language_are_written_in_these_words(clinic):
    word(clinic)

    sent, other = invite(), invite("he")

    assert sent.subject == "Come to Carmel"
    assert sent.text == (
        "Dear Rivka,\n\nOrly would like you here.\n\nCome in:\nhttps://kesher.test/secret"
    )
    assert ">Come in</a>" in sent.html
    assert other.subject == "הזמנה מאת Orly אל Carmel"


def test_the_first_words_come_back(clinic):
    word(clinic)

    restore_wording(by=clinic.actor("owner"), template="invitation", language="en")

    assert invite().subject == "Orly invites you to Carmel"
    written = Change.objects.filter(kind="engagement.messagetext").order_by("pk")
    assert [one.after is None for one in written] == [False, True]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (Text("", "x", "x"), WordsMissing),
        (Text("x", " \u202e ", "x"), WordsMissing),
        (Text("x", "x", ""), ButtonMissing),
        (Text("{password}", "x", "x"), UnknownField),
        (Text("x", "{name.__class__}", "x"), UnknownField),
        (Text("x", "{name!r}", "x"), UnknownField),
        (Text("x", "an { alone", "x"), UnreadableText),
        (Text("x", "x", "{link}"), UnknownField),
        (Text("x" * 151, "x", "x"), WordsTooLong),
        (Text("x", "x" * 5001, "x"), WordsTooLong),
    ],
)
def test_refuses_what_could_not_be_sent(clinic, text, refusal):
    with pytest.raises(refusal):
        word(clinic, text=text)
    assert not MessageText.objects.exists()


def test_what_is_typed_stays_text(clinic):
    word(clinic, text=Text("Hello", "<b>{name}</b>", "Go"))

    assert "&lt;b&gt;Rivka&lt;/b&gt;" in invite().html


def test_two_at_once_do_not_overwrite_each_other(clinic):
    first = word(clinic, seen=0)
    with pytest.raises(EditConflict):
        word(clinic, seen=0, text=Text("Other", "Other", "Other"))
    word(clinic, seen=first.version, text=Text("Second", "Second", "Second"))
    with pytest.raises(EditConflict):
        word(clinic, seen=first.version, text=Text("Third", "Third", "Third"))

    assert MessageText.objects.get().subject == "Second"


def test_what_somebody_writes_himself_has_no_words_of_ours(clinic):
    assert TEMPLATES.keys() - WORDED.keys() == {"written"}
    for name in ("written", "no such"):
        with pytest.raises(UnknownTemplate):
            word(clinic, template=name)


@pytest.mark.parametrize("name", ["manager", "receptionist", "agent", "leaver"])
def test_refuses_who_may_not_set_up_the_business(clinic, name):
    word(clinic)
    with pytest.raises(AccessDenied):
        word(clinic, by=name)
    with pytest.raises(AccessDenied):
        restore_wording(by=clinic.actor(name), template="invitation", language="en")
    assert MessageText.objects.exists()
