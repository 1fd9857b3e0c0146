from datetime import timedelta

import pytest
from django.utils import timezone

from kesher.core.events import deliver_due
from kesher.core.models import EventRecord
from kesher.engagement.commands.touching import change_touch
from kesher.engagement.mentions import mentioned, spans
from kesher.engagement.models import Notification
from tests.engagement.conftest import NOW

MEMBERS = [
    (1, "Dana Mizrahi"),
    (2, "Dana Levi"),
    (3, "Ruth Cohen"),
    (4, "דנה מזרחי"),
    (5, "Νίκος Άλφα"),
]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("ask @Dana Mizrahi please", [1]),
        ("ask @dana levi, and @RUTH", [2, 3]),
        ("two are called @Dana", []),
        ("@Ruth Cohen @ruth", [3]),
        ("@Ruthless", []),
        ("mail ruth@cohen.test", []),
        ("@דנה מזרחי שלום", [4]),
        ("στον @Νικος.", [5]),
        ("no names", []),
        ("@", []),
    ],
)
def test_a_name_after_an_at_is_a_mention(text, who):
    assert mentioned(text, MEMBERS) == who


def test_spans_show_where_the_names_stand_as_typed():
    text = "Ask   @Dana  Mizrahi, or @Νίκος"

    assert [text[a:b] for a, b in spans(text, MEMBERS)] == ["@Dana  Mizrahi", "@Νίκος"]


@pytest.mark.django_db
def test_only_who_may_see_the_customer_is_told(clinic, noted):
    noted(text="@Manager Cohen and @Eilat Cohen and @Leaver Cohen and @Receptionist Cohen")

    told = EventRecord.objects.filter(name="engagement.MemberMentioned")
    assert [fact.payload["member_id"] for fact in told] == [clinic.members["manager"].pk]


@pytest.mark.django_db
def test_who_is_not_cleared_is_not_told(clinic, noted):
    noted(by="dentist", classification="health", text="@Receptionist Cohen knows")

    assert not EventRecord.objects.filter(name="engagement.MemberMentioned").exists()


@pytest.mark.django_db
def test_it_rings_once(clinic, noted):
    touch = noted(text="@Manager Cohen look")
    change_touch(
        by=clinic.actor("receptionist"),
        touch=touch,
        values={"text": "@Manager Cohen look!"},
        now=NOW,
    )

    deliver_due(now=timezone.now() + timedelta(minutes=1))

    rung = [(n.member, n.kind, n.about_id, n.caused_by) for n in Notification.objects.all()]
    assert rung == [
        (clinic.members["manager"], "mention", touch.pk, clinic.members["receptionist"])
    ]
