"""Ten thousand guesses at fifty people from many addresses: none gets in, an honest one does."""

import statistics
import time

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client

from kesher.organization.models import Member, Role, Session

pytestmark = [pytest.mark.soak, pytest.mark.usefixtures("forgotten_attempts")]
TRIES, ADDRESSES, PEOPLE = 10_000, 40, 50


def attempt(browser, email, password, address):
    return browser.post(
        "/account/login/", {"login": email, "password": password}, REMOTE_ADDR=address,
        headers={"X-Forwarded-For": f"192.0.2.{len(password) % 250}"},
    )  # fmt: skip


def test_guessing_leads_nowhere(clinic):
    role, secret = Role.objects.get(key="agent"), make_password("a good password")
    Member.objects.bulk_create(
        Member(name=f"Person {n}", email=f"p{n}@clinic.test", role=role, password=secret)
        for n in range(PEOPLE)
    )
    looked_at = 0
    for number in range(TRIES):
        # The right word is among the guesses, and is never reached in time.
        word = "a good password" if number % 1000 == 999 else f"guess {number}"
        answer = attempt(
            Client(), f"p{number % PEOPLE}@clinic.test", word, f"10.0.0.{number % ADDRESSES}"
        )
        looked_at += b"Too many tries" not in answer.content and answer.status_code != 429
    assert looked_at <= 20 * ADDRESSES
    assert not Session.objects.filter(member__isnull=False).exists()
    assert attempt(Client(), "p7@clinic.test", "a good password", "10.9.9.9")["Location"] == "/"


def test_nobody_is_told_apart_by_how_long_it_takes(clinic, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    clinic.owner.set_password("a long owner's password")
    clinic.owner.save()
    took = {"owner": [], "nobody": [], "agent": []}  # with a password, unknown, without one
    for number in range(40):
        for who, times in took.items():
            cache.clear()
            begun = time.perf_counter()
            attempt(Client(), f"{who}@clinic.test", "wrong", f"10.0.{number}.1")
            times.append(time.perf_counter() - begun)
    middle = {who: statistics.median(times[5:]) for who, times in took.items()}
    assert max(middle.values()) <= min(middle.values()) * 1.2, middle
