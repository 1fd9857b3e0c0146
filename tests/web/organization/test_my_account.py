import pytest
from django.test import Client

from kesher.organization.models import Member, Session


@pytest.fixture
def browser(clinic):
    browser = Client()
    browser.force_login(clinic.members["dentist"])
    return browser


def me(clinic):
    return Member.objects.get(pk=clinic.members["dentist"].pk)


def change(browser, clinic, **values):
    shown = {"name": "Dana", "phone": "052-1234567", "language": "he", "seen": me(clinic).version}
    return browser.post("/me/", shown | values)


def test_one_changes_what_is_his(browser, clinic):
    assert change(browser, clinic)["Location"] == "/me/"

    assert (me(clinic).name, me(clinic).language, me(clinic).has_letter_keys) == (
        "Dana", "he", False,
    )  # fmt: skip
    assert 'lang="he"' in browser.get("/me/").content.decode()


def test_nothing_else_can_be_slipped_in(browser, clinic):
    before = Member.objects.values().get(pk=me(clinic).pk)

    change(browser, clinic, email="x@evil.test", role=clinic.owner.role_id, is_active="",
           password="x", is_demo="on")  # fmt: skip

    after = Member.objects.values().get(pk=me(clinic).pk)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"name", "phone", "language", "has_letter_keys", "version"}


def test_says_what_is_wrong(browser, clinic):
    answer = change(browser, clinic, name=" ", language="xx")

    assert answer.status_code == 422
    assert me(clinic).name == "Dentist Cohen"


def test_sessions_are_shown_without_their_keys_and_can_be_ended(browser, clinic):
    other = Client()
    other.force_login(clinic.members["dentist"])
    stranger = Client()
    stranger.force_login(clinic.members["agent"])

    page = browser.get("/me/sessions/").content.decode()
    assert page.count("Sign out</button>") == 2  # the other one, and the shell's own
    for session in Session.objects.all():
        assert session.session_key not in page

    assert browser.post("/me/sessions/others/end/").status_code == 302
    assert browser.get("/me/sessions/").status_code == 200
    assert other.get("/me/").status_code == 302
    assert stranger.get("/me/").status_code == 200


def test_one_session_is_ended_by_its_name_and_only_ones_own(browser, clinic):
    from kesher.organization.sessions import reference_of

    stranger = Client()
    stranger.force_login(clinic.members["agent"])
    theirs = reference_of(stranger.session.session_key)

    assert browser.post(f"/me/sessions/{theirs}/end/").status_code == 404
    assert stranger.get("/me/").status_code == 200
    mine = reference_of(browser.session.session_key)
    assert browser.post(f"/me/sessions/{mine}/end/").status_code == 302
    assert browser.get("/me/").status_code == 302


def test_looking_ends_nothing(browser):
    assert browser.get("/me/sessions/others/end/").status_code == 405
