"""The history on the page: of one kind, by a word, further back, and anew without losing a line."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from kesher.core.models import Change

HX = {"HX-Request": "true"}


def lines(html):
    """The keys of the lines, in order."""
    return re.findall(r'<li class="ev [^"]*" id="([a-z]+-\d+)"', html)


def ask(client, customer, **query):
    return client.get(reverse("customer-timeline", args=[customer.pk]), query, headers=HX)


def test_without_scripts_the_address_leads_to_the_page(as_member, noa):
    answer = as_member("receptionist").get(
        reverse("customer-timeline", args=[noa.pk]), {"kind": "call"}
    )

    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('customer', args=[noa.pk])}?kind=call#timeline"


def test_one_kind_and_a_search(as_member, noa, touched):
    call = touched(text="Crown of tooth 26")
    note = touched(channel="note", text="Likes green tea")
    desk = as_member("receptionist")

    assert lines(ask(desk, noa, kind="call").text) == [f"touch-{call.pk}"]
    assert lines(ask(desk, noa, q="GREEN").text) == [f"touch-{note.pk}"]
    nothing = ask(desk, noa, q="zebra").text
    assert lines(nothing) == []
    assert "Nothing here holds these words." in nothing


def test_tabs_count_what_the_reader_may_see(as_member, noa, touched):
    touched()
    touched(by="dentist", channel="visit", classification="health")

    def tabs(who):
        html = ask(as_member(who), noa).text
        pairs = re.findall(r">([A-Z][a-z]+) <span class=\"n\"><bdi class=\"num\">(\d+)</bdi>", html)
        return dict(pairs)

    assert tabs("dentist") == {"All": "3", "Visits": "1", "Calls": "1", "Changes": "1"}
    assert tabs("receptionist") == {"All": "2", "Calls": "1", "Changes": "1"}


def test_counts_are_the_same_on_one_page_and_beyond(as_member, noa, touched, planned):
    planned()
    touched(channel="note", text="x")
    desk = as_member("receptionist")

    def counted():
        return re.findall(r'num">(\d+)</bdi>', ask(desk, noa).text.split("</nav>")[0])

    few = [int(n) for n in counted()]
    for n in range(40):
        touched(channel="note", text="x", ago=timedelta(hours=n))
    many = [int(n) for n in counted()]

    assert [many[0] - few[0], many[1] - few[1], *many[2:]] == [40, 40, *few[2:]]


def test_further_back_everything_comes_once(as_member, noa, touched):
    made = [touched(ago=timedelta(hours=n + 1)) for n in range(70)]
    desk = as_member("receptionist")

    html = ask(desk, noa).text
    found = lines(html)
    while match := re.search(r'timeline/(\?after=[^"]+)"', html):
        query = dict(pair.split("=") for pair in match[1][1:].split("&amp;"))
        html = ask(desk, noa, **query).text
        found += lines(html)

    assert [key for key in found if key.startswith("touch")] == [f"touch-{t.pk}" for t in made]
    assert len(found) == len(set(found)) == 71


def test_anew_it_shows_what_it_showed_and_what_came_on_top(as_member, noa, touched):
    for n in range(40):
        touched(ago=timedelta(hours=n + 2))
    desk = as_member("receptionist")
    first = ask(desk, noa).text
    last = re.search(r"timeline/\?last=([^\"]+)\"", first)[1]

    fresh = touched(ago=timedelta(minutes=1))
    again = ask(desk, noa, last=last).text

    before, after = lines(first), lines(again)
    assert len(before) == 30
    assert set(after) == {*before, f"touch-{fresh.pk}"}
    assert re.search(r"last=([^\"]+)\"", again)[1] == last


def test_what_is_to_come_stands_on_top(as_member, noa, touched, planned):
    touched()
    task = planned(due_on=timezone.localdate() + timedelta(days=2))

    html = ask(as_member("receptionist"), noa).text

    assert lines(html)[0] == f"task-{task.pk}"
    assert f'href="{reverse("task-done", args=[task.pk])}"' in html


def test_what_somebody_typed_stays_text(as_member, noa, touched):
    touched(text="<script>alert(1)</script> & <b>bold</b>")
    touched(channel="note", text="@Manager Cohen <i>x</i>")
    Change.objects.create(
        kind="customers.customer", record_id=noa.pk, version=2, actor="<u>Eve</u>",
        before={"city": "<s>"}, after={"city": "<em>"},
    )  # fmt: skip

    html = ask(as_member("receptionist"), noa).text

    for raw in ("<script>alert", "<b>bold", "<i>x", "<u>Eve", "<s>", "<em>"):
        assert raw not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;bold" in html
    assert '<span class="tag brand"><bdi>@Manager Cohen</bdi></span> &lt;i&gt;x' in html


def test_changes_are_told_in_words(clinic, as_member, noa):
    Change.objects.create(
        kind="customers.customer", record_id=noa.pk, version=2, actor="Dana",
        before={"owner_id": clinic.members["agent"].pk, "stage": "new"},
        after={"owner_id": clinic.members["manager"].pk, "stage": "steady"},
    )  # fmt: skip

    html = ask(as_member("receptionist"), noa).text

    assert "owner: <del><bdi>Agent Cohen</bdi></del>" in html
    assert "<ins><bdi>Manager Cohen</bdi></ins>" in html
    assert "<ins><bdi>Steady</bdi></ins>" in html


def test_a_place_that_nobody_gave_out_is_answered_kindly(as_member, noa):
    answer = ask(as_member("receptionist"), noa, after="nonsense")

    assert answer.status_code == 400
    assert "cannot be found" in answer.text
