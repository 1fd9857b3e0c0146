"""The composer: what is typed is kept, what is wrong is said, and nothing is half done."""

import io
import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from kesher.engagement.models import Attachment, CustomerPulse, Draft, Task, Touch

HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def send(as_member, noa):
    def post(form, by="receptionist", *, plain=False, customer=None, **said):
        address = reverse("customer-compose", args=[(customer or noa).pk])
        return as_member(by).post(address, {"form": form, **said}, headers={} if plain else HX)

    return post


def test_a_note_is_saved_shown_and_can_be_undone(as_member, noa, send):
    answer = send("note", text="Prefers mornings @Manager Cohen")

    touch = Touch.objects.get()
    assert (touch.channel, touch.direction, touch.member.name) == (
        "note", "internal", "Receptionist Cohen",
    )  # fmt: skip
    assert f'id="touch-{touch.pk}"' in answer.text
    assert answer.text.count("hx-swap-oob") == 2
    toast = json.loads(answer["HX-Trigger-After-Settle"])["k-toast"]
    as_member("receptionist").post(toast["undo"], headers=HX)
    assert Touch.objects.get().binned_at is not None


def test_without_scripts_it_comes_back_to_the_page(noa, send):
    answer = send("note", text="Prefers mornings", plain=True)

    assert (answer.status_code, answer["Location"]) == (302, reverse("customer", args=[noa.pk]))


def test_a_walk_in_takes_no_words(send):
    assert send("visit").status_code == 200
    assert Touch.objects.get().direction == "in"


@pytest.mark.parametrize(
    ("form", "said", "kept"),
    [
        ("message", {"channel": "whatsapp", "direction": "in", "text": "Hi"},
         {"channel": "whatsapp", "direction": "in"}),
        ("message", {"channel": "letter", "direction": "out", "text": "Dear"},
         {"channel": "letter", "direction": "out"}),
        ("call", {"direction": "in", "outcome": "answered", "minutes": "7"},
         {"direction": "in", "outcome": "answered", "minutes_length": 7}),
        ("visit", {"outcome": "no_show"}, {"outcome": "no_show"}),
        ("call", {"direction": "in", "severity": "3"}, {"severity": 3}),
        ("note", {"text": "Agreed", "agreed": "on"}, {"text": "Agreed"}),
    ],
)  # fmt: skip
def test_every_touch_is_logged(send, form, said, kept):
    assert send(form, **said).status_code == 200

    touch = Touch.objects.get()
    assert {name: getattr(touch, name) for name in kept} == kept
    assert bool(touch.pinned_at) == ("agreed" in said)


def test_a_moment_in_the_past_is_local(send, clinic):
    yesterday = timezone.localdate() - timedelta(days=1)
    send("call", direction="out", at=f"{yesterday}T16:30")

    with timezone.override("Asia/Jerusalem"):
        assert f"{timezone.localtime(Touch.objects.get().happened_at):%H:%M}" == "16:30"


def test_the_dentist_keeps_a_note_under_health_and_the_desk_cannot(send):
    assert send("note", by="dentist", text="Bruxism", classification="health").status_code == 200
    refused = send("note", by="receptionist", text="Bruxism", classification="health")

    assert refused.status_code == 422
    assert [touch.classification for touch in Touch.objects.all()] == ["health"]


def test_only_ones_own_clearances_are_offered(as_member, noa):
    def offered(who):
        html = as_member(who).get(reverse("customer", args=[noa.pk])).text
        held = re.search(r'name="classification">(.*?)</select>', html, re.S)
        return set(re.findall(r'value="(\w+)"', held[1]))

    assert offered("dentist") == {"open", "contact", "personal", "health"}
    assert offered("receptionist") == {"open", "contact", "personal"}


def test_a_file_comes_with_the_note(send):
    picture = io.BytesIO()
    Image.new("RGB", (9, 9)).save(picture, "PNG")
    file = SimpleUploadedFile("x.png", picture.getvalue())

    assert send("note", text="The crown", file=file).status_code == 200

    attached = Attachment.objects.get()
    assert (attached.name, attached.touch) == ("x.png", Touch.objects.get())


def test_a_bad_file_keeps_the_note_from_being_half_saved(send):
    file = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff not a picture")

    answer = send("note", text="The crown", file=file)

    assert answer.status_code == 422
    assert "cannot be read" in answer.text
    assert ">The crown</textarea>" in answer.text
    assert not Touch.objects.exists()
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("note", {"text": ""}), ("note", {"text": " \x00 "}), ("note", {"text": "x" * 20_001}),
        ("message", {"channel": "pigeon", "direction": "in"}),
        ("message", {"channel": "sms", "direction": "sideways"}),
        ("call", {"direction": "out", "minutes": "-5"}), ("call", {"direction": "out", "minutes": "x"}),
        ("call", {"direction": "out", "severity": "9"}),
        ("call", {"direction": "out", "at": "2999-01-01T00:00"}),
        ("call", {"direction": "out", "at": "0000-01-01T00:00"}),
        ("call", {"direction": "out", "at": "9999-12-31T23:59"}),
        ("note", {"text": "x", "classification": "no-such"}),
        ("task", {"title": ""}), ("task", {"title": "x" * 201}),
        ("task", {"title": "x", "due_on": "0001-01-01"}), ("task", {"title": "x", "due_on": "soon"}),
        ("task", {"title": "x", "owner": "999999"}), ("task", {"title": "x", "repeat": "hourly"}),
        ("task", {"title": "x", "repeat": "weekly"}), ("task", {"title": "x", "due_time": "25:00"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_the_form(send, form, said):
    answer = send(form, **said)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not Touch.objects.exists()
    assert not Task.objects.exists()


def test_without_scripts_errors_come_as_a_page_with_what_was_typed(send):
    answer = send("call", direction="out", minutes="x", text="Long talk", plain=True)

    assert answer.status_code == 422
    assert "<!doctype html>" in answer.text.lower()
    assert "Long talk" in answer.text


def test_an_unknown_form_is_no_address(send):
    assert send("novel", text="x").status_code == 404


def test_a_task_is_planned_for_a_colleague_and_can_be_undone(clinic, as_member, send):
    manager = clinic.members["manager"]
    answer = send("task", title="Send the plan", due_on="2031-01-05", owner=str(manager.pk))

    task = Task.objects.get()
    assert (task.title, task.owner, task.due_on.isoformat()) == (
        "Send the plan",
        manager,
        "2031-01-05",
    )
    undo = json.loads(answer["HX-Trigger-After-Settle"])["k-toast"]["undo"]
    as_member("receptionist").post(undo, headers=HX)
    assert Task.objects.get().state == "dropped"


@pytest.mark.parametrize("kind", ["call", "visit"])
def test_one_click_plans_a_call_or_a_visit(as_member, noa, kind):
    answer = as_member("receptionist").post(
        reverse("customer-next", args=[noa.pk]), {"kind": kind}, headers=HX
    )

    task = Task.objects.get()
    assert (task.kind, task.due_on > timezone.localdate()) == (kind, True)
    assert "Nothing planned" not in answer.text


def test_closing_takes_a_reason(as_member, noa):
    address = reverse("customer-next", args=[noa.pk])
    as_member("receptionist").post(address, {"reason": "Not interested"}, headers=HX)

    assert CustomerPulse.objects.get(customer=noa).closed_at
    assert as_member("receptionist").post(address, {"reason": ""}, headers=HX).status_code == 422


def test_a_draft_is_there_at_the_next_desk_and_gone_when_saved(as_member, noa, send):
    address = reverse("customer-draft", args=[noa.pk])
    as_member("receptionist").post(address, {"form": "call", "text": "He prefers"}, headers=HX)

    page = reverse("customer", args=[noa.pk])
    assert ">He prefers</textarea>" in as_member("receptionist").get(page).text
    assert ">He prefers</textarea>" not in as_member("manager").get(page).text
    send("call", direction="in", text="He prefers mornings")
    assert not Draft.objects.exists()


def test_the_blank_forms_are_each_customers_own(clinic, as_member, noa):
    desk, orchard = as_member("receptionist"), clinic.customers["orchard"]
    pages = [desk.get(reverse("customer", args=[one.pk])).text for one in (noa, orchard)]

    for one, html in zip((noa, orchard), pages, strict=True):
        assert html.count(f'action="{reverse("customer-compose", args=[one.pk])}"') == 5
        assert "/customers/0/" not in html
        assert "the-token-goes-here" not in html
    assert "{" not in re.search(r"<k-tabs.*?</k-tabs>", pages[0], re.S)[0]
