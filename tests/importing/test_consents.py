"""Who agreed to be written to, in customer files of three languages; old lists overrule nobody."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kesher.core.access import SYSTEM
from kesher.core.importing.commands import take_back
from kesher.customers.models import Customer
from kesher.engagement.commands.consenting import give_consent, withdraw_consent
from kesher.engagement.consents import is_agreed
from kesher.engagement.models import Consent

pytestmark = pytest.mark.django_db
PEOPLE = (
    "Name,E-mail,E-mail opt-in,SMS marketing,Do not call,Consent date,Consent source\n"
    "Dana Levi,dana@example.test,yes,NO,,01/02/2024,Paper form\n"
    "Noa Cohen,noa2@example.test,✓,,false,,\n"
    "Eli Azulay,eli@example.test,,,x,,\n"
    "Ruth Katz,ruth@example.test,perhaps,,,,\n"
    "Avi Mor,avi@example.test,,,,,\n"
)


def agreed(name, channel="email"):
    customer = Customer.objects.get(name=name)
    return is_agreed(customer.pk, "marketing", channel)


def test_columns_by_channel(take):
    taken = take(PEOPLE)

    assert taken.outcome == (4, 0, 0, 1)
    assert "takes only: Yes, No" in taken.refused[5]
    assert [agreed("Dana Levi", c) for c in ("email", "sms", "phone")] == [True, False, None]
    assert [agreed("Noa Cohen", c) for c in ("email", "sms", "phone")] == [True, None, None]
    assert [agreed("Eli Azulay", c) for c in ("email", "phone")] == [None, False]
    assert agreed("Avi Mor") is None
    paper = Consent.objects.get(customer__name="Dana Levi", channel="email")
    assert (paper.happened_at.date().isoformat(), paper.proof) == (
        "2024-02-01", "Paper form · From the file file.csv",
    )  # fmt: skip


def test_the_same_file_again_changes_nothing(take):
    take(PEOPLE)
    count = Consent.objects.count()

    assert take(PEOPLE).outcome == (0, 0, 4, 1)
    assert Consent.objects.count() == count


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("שם,מייל,קבלת דיוור\nדנה לוי,dana@example.test,כן\n", True),
        ("שם,מייל,הסרה מדיוור\nדנה לוי,dana@example.test,כן\n", False),
        ("שם,מייל,הסרה מדיוור\nדנה לוי,dana@example.test,לא\n", None),
        ("Ονοματεπώνυμο;email;Συγκατάθεση\nΔανάη Λ;dana@example.test;ΝΑΙ\n", True),
        ("Ονοματεπώνυμο;email;συγκατάθεση\nΔανάη Λ;dana@example.test;Όχι\n", False),
    ],
)
def test_one_column_for_all_channels(take, content, says):
    assert take(content).outcome == (1, 0, 0, 0)

    customer = Customer.objects.get(email="dana@example.test")
    assert {is_agreed(customer.pk, "marketing", c) for c in ("email", "sms", "phone")} == {says}


def test_an_old_list_overrules_nobody_who_took_his_consent_back(take):
    take("Name,E-mail,Newsletter\nDana Levi,dana@example.test,yes\n")
    dana = Customer.objects.get(name="Dana Levi")
    moment = datetime(2026, 6, 1, 12, tzinfo=UTC)
    Consent.objects.update(happened_at=datetime(2026, 1, 1, tzinfo=UTC))
    withdraw_consent(by=SYSTEM, customer=dana, purpose="marketing", channel="email", at=moment)

    again = take("Name,E-mail,Newsletter\nDana Levi,dana@example.test,yes\n")
    older = take(
        "Name,E-mail,E-mail opt-in,Consent date\nDana Levi,dana@example.test,yes,01/05/2026\n"
    )
    assert (again.outcome, older.outcome) == ((0, 0, 1, 0), (0, 0, 1, 0))
    assert agreed("Dana Levi") is False

    later = take(
        "Name,E-mail,E-mail opt-in,Consent date\nDana Levi,dana@example.test,yes,02/06/2026\n",
        match=["email"],
    )
    assert later.outcome == (0, 1, 0, 0)
    assert agreed("Dana Levi") is True


def test_a_no_counts_at_once_but_not_behind_a_later_yes(take):
    take("Name,E-mail\nDana Levi,dana@example.test\n")
    dana = Customer.objects.get(name="Dana Levi")
    given = {"purpose": "marketing", "channel": "email", "proof": "In the shop"}
    give_consent(by=SYSTEM, customer=dana, at=datetime(2026, 6, 1, tzinfo=UTC), **given)

    old = take("Name,E-mail,Newsletter,Consent date\nDana Levi,dana@example.test,no,01/01/2025\n")
    assert (old.outcome, agreed("Dana Levi")) == ((0, 0, 1, 0), True)
    now = take("Name,E-mail,Unsubscribed\nDana Levi,dana@example.test,yes\n", match=["email"])
    assert (now.outcome, agreed("Dana Levi")) == ((0, 1, 0, 0), False)
    assert take("Name,E-mail,Unsubscribed\nDana Levi,dana@example.test,yes\n").outcome == (
        0, 0, 1, 0,
    )  # fmt: skip


def test_two_lines_about_one_customer(take):
    taken = take(
        "Name,E-mail,E-mail opt-in\nDana Levi,dana@example.test,yes\n"
        "Dana Levi,dana@example.test,no\nDana Levi,dana@example.test,yes\n",
        match=["email"],
    )

    assert taken.outcome == (1, 1, 1, 0)
    assert taken.expected == taken.counts
    assert agreed("Dana Levi") is False


def test_taken_back_it_does_not_count(take):
    take("Name,E-mail\nDana Levi,dana@example.test\n")
    run = take(
        "Name,E-mail,Newsletter\nDana Levi,dana@example.test,yes\nNew One,n@e.test,yes\n",
        match=["email"],
    ).run
    assert agreed("Dana Levi") is True

    take_back(by=SYSTEM, run=run)

    assert agreed("Dana Levi") is None
    assert not Consent.objects.filter(voided_at=None).exists()


def test_nothing_is_asked_line_by_line(take):
    lines = "".join(f"Name {n},n{n}@example.test,yes\n" for n in range(300))
    with CaptureQueriesContext(connection) as asked:
        assert take("Name,E-mail,Newsletter\n" + lines, checks=False).outcome == (300, 0, 0, 0)
    assert sum("engagement_consent" in one["sql"] for one in asked.captured_queries) < 50
