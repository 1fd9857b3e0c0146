"""One touch: its menu, and what can be done with it by whom."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kesher.engagement.commands.touching import change_touch
from kesher.engagement.models import Touch

HX = {"HX-Request": "true"}


def act(client, name, touch, **said):
    return client.post(reverse(name, args=[touch.pk]), said, headers=HX)


def undo(client, answer):
    client.post(json.loads(answer["HX-Trigger"])["k-toast"]["undo"], headers=HX)


def test_the_menu_offers_what_the_reader_may_do(as_member, touched):
    touch = touched()

    def menu(who):
        html = as_member(who).get(reverse("touch-menu", args=[touch.pk])).text
        return set(re.findall(r'action="[^"]*/(\w+)/"', html)) | (
            {"edit"} if "/edit/" in html else set()
        )

    assert menu("receptionist") == {"agreement", "complaint", "bin", "edit"}
    assert menu("manager") == {"agreement", "complaint", "bin", "edit"}
    assert menu("dentist") == {"agreement", "complaint"}


def test_pinned_taken_down_and_undone(as_member, touched):
    touch, desk = touched(), as_member("receptionist")

    answer = act(desk, "touch-pin", touch)
    assert Touch.objects.get().pinned_at
    undo(desk, answer)
    assert Touch.objects.get().pinned_at is None


def test_a_complaint_from_first_to_last(as_member, touched):
    touch, desk = touched(), as_member("receptionist")

    marked = act(desk, "touch-complaint", touch, act="3")
    assert Touch.objects.get().severity == 3
    settled = act(desk, "touch-complaint", touch, act="settle")
    assert Touch.objects.get().settled_at
    undo(desk, settled)
    assert Touch.objects.get().settled_at is None
    undo(desk, marked)
    assert Touch.objects.get().severity is None
    assert act(desk, "touch-complaint", touch, act="settle").status_code == 422


def test_binned_and_put_back(as_member, touched):
    touch, desk = touched(), as_member("receptionist")

    answer = act(desk, "touch-bin", touch)
    assert Touch.objects.get().binned_at
    undo(desk, answer)
    assert Touch.objects.get().binned_at is None
    assert act(as_member("dentist"), "touch-bin", touch).status_code == 403


def edited(client, touch, **said):
    held = timezone.localtime(touch.happened_at)
    form = {
        "text": touch.text, "happened_at": f"{held:%Y-%m-%dT%H:%M}", "outcome": "",
        "classification": "open", "seen": str(touch.version),
    }  # fmt: skip
    return client.post(reverse("touch-edit", args=[touch.pk]), form | said, headers=HX)


def test_put_right_keeps_the_seconds_it_does_not_show(as_member, touched):
    touch = touched()

    with timezone.override("Asia/Jerusalem"):
        answer = edited(as_member("receptionist"), touch, text="Asked about evenings")

    assert answer.status_code == 204
    kept = Touch.objects.get()
    assert (kept.text, kept.happened_at) == ("Asked about evenings", touch.happened_at)


def test_two_who_put_right_the_same_see_both(clinic, as_member, touched):
    touch = touched()
    change_touch(
        by=clinic.actor("manager"), touch=touch, values={"text": "Theirs"}, now=timezone.now()
    )

    with timezone.override("Asia/Jerusalem"):
        clash = edited(as_member("receptionist"), touch, text="Mine")
        assert clash.status_code == 409
        assert "Theirs" in clash.text
        edited(as_member("receptionist"), touch, text="Mine", keep="mine")
    assert Touch.objects.get().text == "Mine"


@pytest.mark.parametrize(
    "said",
    [
        {"happened_at": "nonsense"}, {"happened_at": "2999-01-01T00:00"}, {"classification": "health"},
        {"text": "x" * 20_001}, {"outcome": "triumph"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(as_member, touched, said):
    touch = touched()

    assert edited(as_member("receptionist"), touch, **said).status_code == 422
    assert Touch.objects.get().version == 1


def test_nobody_edits_what_another_wrote(as_member, touched):
    touch = touched()

    assert as_member("dentist").get(reverse("touch-edit", args=[touch.pk])).status_code == 404
    assert edited(as_member("dentist"), touch, text="x").status_code == 404


@pytest.mark.parametrize("name", ["touch", "touch-menu", "touch-edit"])
def test_what_the_reader_is_not_cleared_for_does_not_exist(as_member, touched, name):
    touch = touched(by="dentist", classification="health", ago=timedelta(hours=2))
    address = reverse(name, args=[touch.pk])

    assert as_member("dentist").get(address).status_code == 200
    assert as_member("receptionist").get(address).status_code == 404
    assert as_member("eilat").get(address).status_code == 404
