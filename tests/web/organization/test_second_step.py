"""The second step: an authenticator app, and codes for the day it is lost."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client

from kesher.engagement.models import Message

pytestmark = pytest.mark.usefixtures("forgotten_attempts")
OWNER = {"login": "owner@clinic.test", "password": "a long owner's password"}


COUNTER = 58_000_000


@pytest.fixture(autouse=True)
def clock_that_stands(monkeypatch):
    """A code must not expire between being made and being typed."""
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([COUNTER]))


def code_for(secret):
    return auth.format_hotp_value(auth.hotp_value(secret, COUNTER))


@pytest.fixture
def secret(clinic, django_capture_on_commit_callbacks):
    """The owner set an authenticator app up."""
    browser = Client()
    browser.post("/account/login/", OWNER)
    asked = browser.get("/account/2fa/totp/activate/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    browser.post(asked["Location"], {"password": OWNER["password"]})
    page = browser.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="code">([A-Z2-7]+)<', page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post("/account/2fa/totp/activate/", {"code": code_for(secret)})
    assert done["Location"] == "/account/2fa/recovery-codes/"
    return secret


def test_the_password_alone_no_longer_opens(secret):
    browser = Client()

    asked = browser.post("/account/login/", OWNER)

    assert asked["Location"] == "/account/2fa/authenticate/"
    assert browser.get("/me/").status_code == 302
    cache.clear()  # the code that set it up was used a moment ago
    assert browser.post(asked["Location"], {"code": code_for(secret)})["Location"] == "/"
    assert browser.get("/me/").status_code == 200


def test_a_code_is_good_once(secret):
    cache.clear()
    for place, answer in enumerate(("/", None)):
        browser = Client()
        browser.post("/account/login/", OWNER)
        done = browser.post("/account/2fa/authenticate/", {"code": code_for(secret)})
        assert done.headers.get("Location") == answer, place


def test_wrong_codes_run_out(secret):
    browser = Client()
    browser.post("/account/login/", OWNER)
    for _try in range(5):
        answer = browser.post("/account/2fa/authenticate/", {"code": "000000"})
        assert "This code is not right." in answer.content.decode()

    answer = browser.post("/account/2fa/authenticate/", {"code": code_for(secret)})
    assert "Too many tries" in answer.content.decode()
    assert browser.get("/me/").status_code == 302


def test_a_recovery_code_opens_once(secret, clinic):
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    browser = Client()
    browser.post("/account/login/", OWNER)
    assert browser.post("/account/2fa/authenticate/", {"code": codes[0]})["Location"] == "/"

    again = Client()
    again.post("/account/login/", OWNER)
    answer = again.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert "This code is not right." in answer.content.decode()


def test_no_secret_stands_in_the_table_in_clear(secret):
    for kept in Authenticator.objects.all():
        assert secret not in str(kept.data)
        assert all(code not in str(kept.data) for code in _codes())


def _codes():
    return Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()


def test_the_member_is_told(secret):
    assert list(Message.objects.values_list("template", "address")) == [
        ("second_step_added", "owner@clinic.test")
    ]


def test_it_can_be_removed_after_showing_that_it_is_you(secret):
    browser = Client()
    browser.post("/account/login/", OWNER)
    browser.post("/account/2fa/authenticate/", {"code": _codes()[0]})

    asked = browser.post("/account/2fa/totp/deactivate/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert Authenticator.objects.filter(type="totp").exists()
    browser.post(asked["Location"], {"password": OWNER["password"]})

    assert not Authenticator.objects.exists()
    assert Message.objects.filter(template="second_step_removed").exists()
