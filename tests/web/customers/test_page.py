"""The page of a customer: five answers, each for those who may read what it rests on."""

import re
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.core.access import SYSTEM
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.ties import tie
from kesher.customers.models import Customer
from kesher.engagement.commands.complaining import close_next_step, pin_agreement
from kesher.engagement.commands.filing import attach_file
from kesher.organization.models import Absence


def page(client, customer, **query):
    return client.get(reverse("customer", args=[customer.pk]), query)


def words(html):
    """What a reader sees, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def header(client, customer):
    answer = client.get(
        reverse("customer-header", args=[customer.pk]), headers={"HX-Request": "true"}
    )
    return answer.text


def bought(customer, *lines):
    record_purchases(
        by=SYSTEM,
        purchases=[
            NewPurchase(customer_id=customer.pk, bought_on=day, amount=Decimal(amount))
            for day, amount in lines
        ],
    )


def test_says_who_and_how_to_reach_him(clinic, as_member, noa):
    html = page(as_member("receptionist"), noa).text

    assert "<h1" in html
    assert "נועה שלו" in html
    assert 'href="tel:+972526473190"' in html
    assert 'href="mailto:noa@example.test"' in html


def test_the_preferred_channel_is_the_main_button(clinic, as_member, noa):
    change_customer(
        by=clinic.actor("manager"), customer=noa,
        values={"preferred_channel": "whatsapp", "preferred_until": time(20)},
    )  # fmt: skip

    html = header(as_member("receptionist"), noa)

    assert re.search(r'btn-primary" href="https://wa\.me/972526473190"[^>]*rel="noopener', html)
    assert "Prefers WhatsApp" in html
    assert "not after" in html


def test_without_a_way_that_may_be_read_a_call_is_logged(clinic, as_member):
    html = header(as_member("owner"), clinic.customers["orchard"])

    assert 'btn-primary" href="#c-call"' in html
    assert "Log a call" in html


def test_out_of_sight_there_is_no_page(as_member, noa):
    for name in ("customer", "customer-header", "customer-side", "customer-peek"):
        answer = as_member("eilat").get(reverse(name, args=[noa.pk]))
        assert answer.status_code == 404, name


def test_nothing_planned_says_since_when_and_offers_three_remedies(as_member, noa, touched):
    touched(ago=timedelta(days=41))

    html = header(as_member("receptionist"), noa)

    assert "<b>Nothing planned</b> for 41 days" in html
    assert re.findall(r'name="kind" value="(\w+)"', html) == ["call", "visit"]
    assert 'name="reason" value="Not interested"' in html


def test_the_next_step_stands_there_with_its_day_and_owner(as_member, noa, planned):
    planned(due_on=timezone.localdate() + timedelta(days=3), title="Later")
    planned(due_on=timezone.localdate() - timedelta(days=2), title="Call about the crown")

    html = header(as_member("receptionist"), noa)

    assert "Call about the crown" in html
    assert "Overdue" in html
    assert "the next step is overdue" in html
    assert "1 more" in html


def test_a_closed_customer_says_why(clinic, as_member, noa):
    close_next_step(
        by=clinic.actor("receptionist"), customer=noa, reason="Moved away", now=timezone.now()
    )

    html = header(as_member("receptionist"), noa)

    assert "Moved away" in html
    assert "Nothing more planned" in html
    assert "<b>Nothing planned</b>" not in html


def test_what_was_agreed_is_pinned_or_how_to_pin_is_told(clinic, as_member, noa, touched):
    desk = as_member("receptionist")
    assert "Nothing pinned" in header(desk, noa)

    touch = touched(text="Crown for 3,200 in three payments")
    pin_agreement(by=clinic.actor("receptionist"), touch=touch, now=timezone.now())

    assert "Crown for 3,200 in three payments" in header(desk, noa)


def test_money_stands_there_for_those_cleared_only(clinic, as_member, noa):
    today = timezone.localdate()
    bought(noa, *[(today - timedelta(days=77 + 35 * n), 1000 + n) for n in range(4)])

    cleared, desk = header(as_member("owner"), noa), page(as_member("receptionist"), noa).text

    assert "4,006" in cleared
    assert "4 purchases" in cleared
    assert "usually buys every 5 weeks, now 3 months ago" in words(cleared)
    for canary in ("4,006", "4 purchases", "usually buys", "Bought so far", "Purchases"):
        assert canary not in desk


def test_signs_of_trouble_can_be_checked(as_member, noa, touched):
    touched(severity=3, text="Waited an hour", ago=timedelta())

    html = header(as_member("receptionist"), noa)

    assert 'class="risk hi"' in html
    assert "complaint open since today" in html


def test_a_complaint_the_reader_is_not_cleared_for_is_no_sign(as_member, noa, touched):
    touched(by="dentist", severity=3, text="Canary pain", classification="health")

    desk, dentist = page(as_member("receptionist"), noa).text, header(as_member("dentist"), noa)

    assert 'class="risk hi"' in dentist
    assert 'class="risk lo"' in desk
    assert "Canary" not in desk


def test_who_is_away_and_who_stands_in(clinic, as_member, noa):
    today = timezone.localdate()
    change_customer(
        by=clinic.actor("owner"), customer=noa, values={"owner": clinic.members["manager"]}
    )
    Absence.objects.create(
        member=clinic.members["manager"], deputy=clinic.members["dentist"],
        starts_on=today, ends_on=today + timedelta(days=2),
    )  # fmt: skip

    text = words(header(as_member("receptionist"), noa))

    assert "Manager Cohen" in text
    assert "away until" in text
    assert "stands in: Dentist Cohen" in text


def test_ties_lead_to_those_in_sight_and_name_the_others(clinic, as_member):
    owner, yosef = clinic.actor("owner"), clinic.customers["yosef"]
    for other, role in (("noa", "payer"), ("eleni", "payer"), ("noa", "parent")):
        tie(by=owner, customer=yosef, other=clinic.customers[other], role=role)

    html = as_member("receptionist").get(reverse("customer-side", args=[yosef.pk])).text

    assert f'href="{reverse("customer", args=[clinic.customers["noa"].pk])}"' in html
    assert f'href="{reverse("customer", args=[clinic.customers["eleni"].pk])}"' not in html
    assert "Ελένη Μάρκου" in html
    assert "Pays for · Child" in words(html)
    assert "2 people" in words(html)


def test_files_and_birthday_follow_their_clearance(clinic, as_member, noa, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    attach_file(
        by=clinic.actor("dentist"), customer=noa, chunks=[b"x"], name="canary-xray.txt",
        now=timezone.now(), classification="health",
    )  # fmt: skip
    change_customer(by=clinic.actor("owner"), customer=noa, values={"birth_on": date(1984, 5, 6)})

    assert "canary-xray" in page(as_member("dentist"), noa).text
    assert "canary-xray" not in page(as_member("receptionist"), noa).text
    assert "1984" in page(as_member("receptionist"), noa).text


def test_the_agent_without_clearance_sees_no_personal_data(clinic, as_member):
    yosef = clinic.customers["yosef"]
    change_customer(
        by=clinic.actor("owner"), customer=yosef,
        values={"birth_on": date(1984, 5, 6), "about": "Canary about"},
    )  # fmt: skip

    html = page(as_member("agent"), yosef).text

    assert "יוסף כהן" in html
    assert "1984" not in html
    assert "Canary about" not in html


@pytest.mark.parametrize("who", ["owner", "manager", "receptionist"])
@pytest.mark.parametrize("rows", [1, 3, 40])
def test_costs_the_same_for_any_history(clinic, as_member, noa, touched, planned, who, rows):
    for n in range(rows):
        touched(ago=timedelta(hours=n + 1), text="@Manager Cohen")
        planned(title=f"Task {n}")
    bought(noa, *[(timezone.localdate() - timedelta(days=9 * n), 100) for n in range(rows)])
    client = as_member(who)
    page(client, noa)

    with CaptureQueriesContext(connection) as asked:
        page(client, noa)

    # Beyond one page of history, its parts are counted: two questions more.
    assert len(asked) <= (30 if rows <= 30 else 32)


def test_a_field_is_changed_where_it_stands(as_member, noa):
    desk = as_member("receptionist")
    address = reverse("customer-field", args=[noa.pk, "about"])
    form = desk.get(address, headers={"HX-Request": "true"}).text
    seen = re.search(r'name="seen" value="(\d+)"', form)[1]

    answer = desk.post(
        address, {"value": "Prefers tea", "seen": seen}, headers={"HX-Request": "true"}
    )

    assert "Prefers tea" in answer.text
    assert "undo" in answer.headers["HX-Trigger-After-Settle"]
    assert Customer.objects.get(pk=noa.pk).about == "Prefers tea"


def test_two_who_change_one_field_both_see_it(clinic, as_member, noa):
    desk = as_member("receptionist")
    address = reverse("customer-field", args=[noa.pk, "stage"])
    change_customer(by=clinic.actor("manager"), customer=noa, values={"stage": "steady"})

    clash = desk.post(address, {"value": "left", "seen": "1"}, headers={"HX-Request": "true"})
    assert clash.status_code == 409
    assert "Steady" in clash.text
    assert "Manager Cohen" in clash.text
    assert Customer.objects.get(pk=noa.pk).stage == "steady"

    desk.post(address, {"value": "left", "seen": "1", "keep": "mine"})
    assert Customer.objects.get(pk=noa.pk).stage == "left"


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("birth_on", "not a day", 422), ("birth_on", "9999-99-99", 422), ("owner", "9" * 30, 422),
        ("owner", "x", 422), ("stage", "king", 422), ("reference", "C-100", 422),
        ("about", "x" * 20_001, 422), ("sort_name", "x", 404), ("version", "9", 404),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_in_place(as_member, noa, name, value, status):
    address = reverse("customer-field", args=[noa.pk, name])

    answer = as_member("receptionist").post(
        address, {"value": value, "seen": "1"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == status
    assert Customer.objects.get(pk=noa.pk).version == 1


def test_a_reader_without_the_clearance_has_no_such_field(clinic, as_member):
    address = reverse("customer-field", args=[clinic.customers["yosef"].pk, "birth_on"])

    assert as_member("agent").get(address).status_code == 404


def test_presence_names_colleagues_and_not_oneself(as_member, noa):
    desk, manager = as_member("receptionist"), as_member("manager")
    address = reverse("customer-presence", args=[noa.pk])

    assert desk.post(address, {"editing": "1"}).text.strip() == ""
    assert "Receptionist Cohen</bdi></b> is editing." in manager.post(address, {"editing": ""}).text
    assert "Manager Cohen</bdi> is looking at this." in desk.get(address).text
    assert as_member("eilat").post(address, {"editing": "1"}).status_code == 404


def test_colleagues_offered_for_a_mention_may_see_the_customer(as_member, noa):
    address = reverse("mentionable", args=[noa.pk])

    def offered(typed):
        return re.findall(
            r'data-name="([^"]+)"', as_member("receptionist").get(address, {"q": typed}).text
        )

    assert offered("man") == ["Manager Cohen"]
    assert offered("coh") == ["Dentist Cohen", "Manager Cohen"]
    assert offered("eil") == []
    assert offered("lea") == []
