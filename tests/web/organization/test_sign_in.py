"""Signing in: the same answer to everybody who is wrong, and patience runs out."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from kesher.core.models import EventRecord
from kesher.engagement.models import Message
from kesher.organization.models import Session

pytestmark = pytest.mark.usefixtures("forgotten_attempts")
LOGIN = "/account/login/"
NEW = {"password1": "quite another one", "password2": "quite another one"}
OWNER = ("owner@clinic.test", "a long owner's password")


def sign_in(email=OWNER[0], password=OWNER[1], browser=None, address="10.0.0.1", **extra):
    return (browser or Client()).post(
        LOGIN, {"login": email, "password": password, **extra}, REMOTE_ADDR=address
    )


def is_in(response):
    return response.status_code == 302 and response["Location"] == "/"


def test_the_right_password_opens_and_is_recorded(clinic):
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"})

    assert is_in(sign_in("OWNER@clinic.test", browser=browser))
    session = Session.objects.get(member=clinic.owner)
    assert (session.address, session.device[-13:]) == ("10.0.0.1", "Firefox/130.0")
    assert EventRecord.objects.filter(name="organization.MemberSignedIn").count() == 1


def test_a_sign_in_gets_a_new_session_key(clinic):
    browser = Client()
    browser.get(LOGIN)
    browser.session["before"] = 1
    before = browser.session.session_key

    sign_in(browser=browser)

    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_a_wrong_password_and_an_unknown_person_are_answered_alike(clinic):
    answers = [
        sign_in(email, "wrong password", address=f"10.0.1.{number}")
        for number, email in enumerate((OWNER[0], "nobody@clinic.test", "leaver@clinic.test"))
    ]

    pages = {re.sub(r'(value|content)="[^"]*"', "", answer.content.decode()) for answer in answers}
    assert len(pages) == 1
    assert "E-mail and password do not fit together." in pages.pop()
    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_a_leaver_stays_out(clinic):
    leaver = clinic.members["leaver"]
    leaver.set_password("the password of old")
    leaver.save()

    assert not is_in(sign_in("leaver@clinic.test", "the password of old"))
    assert not Session.objects.filter(member=leaver).exists()


def test_five_wrong_tries_lock_this_person_here_and_nowhere_else(clinic):
    for _try in range(5):
        assert "do not fit" in sign_in(password="wrong").content.decode()

    locked = sign_in()
    assert "Too many tries" in locked.content.decode()
    assert is_in(sign_in(address="10.0.0.2"))


def test_a_lock_is_not_forgotten_when_much_else_is_kept(clinic):
    for _try in range(5):
        sign_in(password="wrong")
    for number in range(1500):
        cache.set(f"{number} of something else", number)

    assert "Too many tries" in sign_in().content.decode()


def test_a_forged_header_does_not_make_another_address(clinic):
    browser = Client()
    for number in range(5):
        browser.post(
            LOGIN, {"login": OWNER[0], "password": "wrong"}, REMOTE_ADDR="10.0.0.1",
            headers={"X-Forwarded-For": f"10.9.0.{number}", "X-Real-IP": f"10.9.0.{number}"},
        )  # fmt: skip

    refused = browser.post(
        LOGIN, {"login": OWNER[0], "password": OWNER[1]}, REMOTE_ADDR="10.0.0.1",
        headers={"X-Forwarded-For": "10.9.0.99"},
    )  # fmt: skip
    assert "Too many tries" in refused.content.decode()


def test_one_address_may_not_try_many_people(clinic):
    for number in range(20):
        sign_in(f"somebody{number}@clinic.test", "wrong")

    assert "Too many tries" in sign_in().content.decode()
    assert is_in(sign_in(address="10.0.0.2"))


def test_addresses_of_one_ipv6_network_count_as_one(clinic):
    for number in range(5):
        sign_in(password="wrong", address=f"2001:db8::{number + 1}")

    assert "Too many tries" in sign_in(address="2001:db8::99").content.decode()
    assert is_in(sign_in(address="2001:db8:0:1::1"))


def test_guesses_from_everywhere_lock_strangers_but_not_a_known_browser(clinic):
    known = Client()
    assert is_in(sign_in(browser=known, address="10.0.0.9"))
    known.post("/account/logout/")
    for number in range(50):
        sign_in(password="wrong", address=f"10.1.{number}.1")

    assert "Too many tries" in sign_in(address="10.2.0.1").content.decode()
    assert is_in(sign_in(browser=known, address="10.2.0.2"))


def test_right_passwords_do_not_use_up_the_tries(clinic):
    for _time in range(7):
        assert is_in(sign_in())


def test_success_between_guesses_does_not_wipe_the_count(clinic):
    for _try in range(4):
        sign_in(password="wrong")
    assert is_in(sign_in())
    sign_in(password="wrong")

    assert "Too many tries" in sign_in().content.decode()


@pytest.mark.parametrize("target", ["//evil.test/", "https://evil.test/", "javascript:alert(1)"])
def test_leads_to_no_other_house(clinic, target):
    assert is_in(sign_in(next=target))


def test_leads_back_to_the_page_that_asked(clinic):
    assert sign_in(next="/me/sessions/")["Location"] == "/me/sessions/"


# ---- how long it lasts


def test_without_staying_signed_in_it_ends_with_the_browser_or_after_a_night(clinic):
    browser = Client()
    sign_in(browser=browser)
    assert browser.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""

    session = browser.session
    session["seen_at"] = int((timezone.now() - timedelta(hours=13)).timestamp())
    session.save()
    assert browser.get("/me/").status_code == 302
    assert not Session.objects.filter(member=clinic.owner).exists()


def test_staying_signed_in_outlives_a_night_but_not_two_months(clinic):
    browser = Client()
    sign_in(browser=browser, remember="on")
    assert browser.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 14 * 24 * 3600

    session = browser.session
    session["seen_at"] = int((timezone.now() - timedelta(days=3)).timestamp())
    session.save()
    assert browser.get("/me/").status_code == 200

    session = browser.session
    session["signed_in_at"] = int((timezone.now() - timedelta(days=61)).timestamp())
    session.save()
    assert browser.get("/me/").status_code == 302


def test_a_leaver_is_out_with_the_next_click(clinic):
    from kesher.organization.commands.staff import end_membership

    browser = Client()
    browser.force_login(clinic.members["dentist"])
    assert browser.get("/me/").status_code == 200

    end_membership(by=clinic.actor("owner"), member=clinic.members["dentist"])

    assert browser.get("/me/")["Location"].startswith(LOGIN)


# ---- a new password


def ask_for_a_new_password(email):
    return Client().post("/account/password/reset/", {"email": email}, REMOTE_ADDR="10.0.0.1")


def test_a_forgotten_password_is_chosen_anew_by_mail_once(clinic):
    answer = ask_for_a_new_password("owner@clinic.test")
    assert answer["Location"] == "/account/password/reset/done/"
    message = Message.objects.get(template="password_reset")
    link = re.search(r"http://localhost:8000(/\S+)", message.text)[1]
    assert (message.address, message.purpose) == ("owner@clinic.test", "access")

    browser = Client()
    page = browser.get(link, follow=True)
    assert "Choose a new password" in page.content.decode()
    form = page.redirect_chain[-1][0]
    weak = browser.post(form, {"password1": "password12", "password2": "password12"})
    assert "too common" in weak.content.decode()
    done = browser.post(form, NEW)
    assert is_in(done)

    assert not is_in(sign_in(address="10.0.0.3"))
    assert is_in(sign_in(password="quite another one", address="10.0.0.3"))
    assert "no longer works" in Client().get(link, follow=True).content.decode()
    assert Message.objects.filter(template="password_changed").count() == 1


def test_a_new_password_ends_every_other_session(clinic):
    elsewhere = Client()
    sign_in(browser=elsewhere)
    here = Client()
    sign_in(browser=here)

    here.post(
        "/account/password/change/",
        {
            "oldpassword": OWNER[1],
            "password1": "quite another one",
            "password2": "quite another one",
        },
    )

    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_who_locked_himself_out_gets_in_through_his_mailbox(clinic):
    for _try in range(5):
        sign_in(password="wrong")
    ask_for_a_new_password("owner@clinic.test")
    link = re.search(r"http://localhost:8000(/\S+)", Message.objects.get().text)[1]
    browser = Client()
    form = browser.get(link, follow=True, REMOTE_ADDR="10.0.0.1").redirect_chain[-1][0]
    browser.post(
        form, NEW,
        REMOTE_ADDR="10.0.0.1",
    )  # fmt: skip

    assert is_in(sign_in(password="quite another one"))


def test_nobody_learns_who_works_here(clinic):
    known, unknown, left = (
        ask_for_a_new_password(f"{who}@clinic.test") for who in ("owner", "nobody", "leaver")
    )

    assert known["Location"] == unknown["Location"] == left["Location"]
    assert [message.address for message in Message.objects.all()] == ["owner@clinic.test"]


def test_nobody_signs_up(clinic):
    for path in ("/account/signup/", "/account/email/", "/account/2fa/webauthn/signup/"):
        assert Client().get(path).status_code in (302, 404)
        browser = Client()
        browser.force_login(clinic.owner)
        assert browser.get(path).status_code == 404
