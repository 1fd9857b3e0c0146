"""Guessing passwords is slow: per person here, per address, and per person from everywhere.

Whoever signed in from this browser before is not locked out by guesses made elsewhere.
"""

from __future__ import annotations

import ipaddress

from allauth.core.internal import ratelimit
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

HERE, ADDRESS, ACCOUNT = "sign_in_here", "sign_in_address", "sign_in_account"
COOKIE = "device"
YEAR = 365 * 24 * 3600
MOST_KNOWN = 20  # people who share one browser

Usage = list[ratelimit.RateLimitUsage]


def address_of(request: HttpRequest) -> str:
    """Who asks, as the server saw it: what a header claims counts only behind our own proxy."""
    return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - a name, nothing is bound


def count_attempt(request: HttpRequest, email: str) -> Usage | None:
    """Count a try before the password is looked at; nothing when there were too many."""
    mark = _mark(email)
    # First the address: once it is stopped, it makes no more counts of others.
    counts = [(ADDRESS, None), (HERE, f"{mark} {_neighbourhood(request)}")]
    if mark not in known_here(request):
        counts.append((ACCOUNT, mark))
    usages: Usage = []
    for action, key in counts:
        usage = ratelimit.consume(request, app="allauth.account", action=action, key=key)
        if not usage:
            return None
        usages.append(usage)
    return usages


def forgive(usages: Usage) -> None:
    """The password was right: this try does not count."""
    for usage in usages:
        usage.rollback()


def forget_attempts(request: HttpRequest, email: str) -> None:
    """A new password was chosen through the mailbox: begin to count anew."""
    mark = _mark(email)
    for action, key in ((HERE, f"{mark} {_neighbourhood(request)}"), (ACCOUNT, mark)):
        ratelimit.clear(request, app="allauth.account", action=action, key=key)


def known_here(request: HttpRequest) -> list[str]:
    """Marks of the people who signed in from this browser before."""
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=YEAR)
    except signing.BadSignature:
        return []


def remember_here(request: HttpRequest, response: HttpResponse, email: str, *, secure: bool):
    """Know this browser again; the cookie tells nobody who it was."""
    mark = _mark(email)
    known = [mark, *(held for held in known_here(request) if held != mark)][:MOST_KNOWN]
    response.set_cookie(
        COOKIE, signing.dumps(known, salt=COOKIE), max_age=YEAR, httponly=True, samesite="Lax",
        secure=secure,
    )  # fmt: skip


def _mark(email: str) -> str:
    return salted_hmac(COOKIE, email.strip().lower()).hexdigest()[:20]


def _neighbourhood(request: HttpRequest) -> str:
    """One house has one IPv4 address, but millions of IPv6 ones."""
    address = ipaddress.ip_address(address_of(request))
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
