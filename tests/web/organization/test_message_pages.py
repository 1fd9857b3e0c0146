"""The words of messages are changed on a page, tried out first, and brought back."""

import pytest
from django.urls import reverse

from kesher.engagement.models import MessageText

ADDRESS = reverse("message-text", args=["invitation", "he"])
WORDS = {
    "seen": 0, "subject": "בואו אל {business}", "body": "שלום {name}", "button": "כניסה",
}  # fmt: skip


@pytest.fixture
def owner(browse):
    return browse("owner")


def test_every_message_is_there_in_every_language(owner):
    page = owner.get(reverse("message-texts")).text

    assert page.count("/settings/messages/") >= 27
    assert "in your own words" not in page


def test_the_page_shows_our_words_and_how_they_arrive(owner):
    page = owner.get(ADDRESS).text

    assert "שלום {name}" in page
    assert "<code>{inviter}</code>" in page
    assert "הזמנה מאת Orly Owner אל Carmel Dental" in page


def test_saved_they_are_ours_from_now_on(owner):
    answer = owner.post(ADDRESS, WORDS)

    assert answer.url == ADDRESS
    assert MessageText.objects.get().body == "שלום {name}"
    assert "in your own words" in owner.get(reverse("message-texts")).text


def test_tried_out_nothing_is_saved(owner):
    page = owner.post(ADDRESS, WORDS | {"try": "1"})

    assert page.status_code == 200
    assert "בואו אל Carmel Dental" in page.text
    assert not MessageText.objects.exists()


@pytest.mark.parametrize("act", [{}, {"try": "1"}])
def test_a_field_that_is_none_is_refused_in_words(owner, act):
    page = owner.post(ADDRESS, WORDS | {"body": "{password}"} | act)

    assert page.status_code == 422
    assert "This message has no field {password}." in page.text
    assert "{password}</textarea>" in page.text
    assert not MessageText.objects.exists()


def test_the_first_words_come_back(owner):
    owner.post(ADDRESS, WORDS)

    answer = owner.post(reverse("message-text-reset", args=["invitation", "he"]))

    assert answer.url == ADDRESS
    assert not MessageText.objects.exists()


@pytest.mark.parametrize("where", [["written", "he"], ["no-such", "he"], ["invitation", "fr"]])
def test_what_is_no_message_is_not_there(owner, where):
    assert owner.get(reverse("message-text", args=where)).status_code == 404


def test_a_hebrew_message_is_shown_as_it_is_read_whatever_the_page_speaks(browse):
    page = browse("owner").get(reverse("message-text", args=["invitation", "he"])).text
    assert 'lang="he" dir="rtl"><p class="letter-h">' in page
    greek = browse("owner").get(reverse("message-text", args=["invitation", "el"])).text
    assert 'lang="el" dir="ltr"><p class="letter-h">' in greek
