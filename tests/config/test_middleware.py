"""What holds for every page."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import reverse

from kesher.config.log import OneLine
from kesher.config.middleware import PrivatePages, SignInFromFragment

SIGN_IN = reverse("account_login")
FRAGMENT = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/7/?tab=notes"}


def through(location, headers):
    request = RequestFactory().post("/customers/7/notes/", headers=headers)
    return SignInFromFragment(lambda _request: HttpResponseRedirect(location))(request)


def test_a_fragment_that_needs_a_sign_in_moves_the_whole_page_and_leads_back_to_it():
    answer = through(f"{SIGN_IN}?next=/customers/7/notes/", FRAGMENT)
    assert (answer.status_code, answer.content) == (204, b"")
    target = urlsplit(answer.headers["HX-Redirect"])
    assert target.path == SIGN_IN
    assert parse_qs(target.query) == {"next": ["/customers/7/?tab=notes"]}


def test_leads_back_to_no_other_host():
    elsewhere = {**FRAGMENT, "HX-Current-URL": "https://evil.example/customers/7/"}
    answer = through(f"{SIGN_IN}?next=/customers/7/notes/", elsewhere)
    assert answer.headers["HX-Redirect"] == SIGN_IN


@pytest.mark.parametrize(
    ("location", "headers"),
    [(f"{SIGN_IN}?next=/", {}), ("/customers/8/", FRAGMENT)],
    ids=["a whole page", "a redirect elsewhere"],
)
def test_leaves_other_redirects_alone(location, headers):
    answer = through(location, headers)
    assert (answer.status_code, answer.headers["Location"]) == (302, location)


def test_a_page_is_not_kept_unless_it_says_so():
    request = RequestFactory().get("/")
    kept = HttpResponse(headers={"Cache-Control": "max-age=60"})
    assert PrivatePages(lambda _: kept)(request).headers["Cache-Control"] == "max-age=60"
    plain = PrivatePages(lambda _: HttpResponse())(request)
    assert plain.headers["Cache-Control"] == "no-store, private"


def test_nobody_writes_a_line_of_the_log_by_typing(caplog):
    import logging

    record = logging.LogRecord(
        "kesher", logging.INFO, "", 0, "name %s", ("x\r\n2026 ERROR forged\u202e",), None
    )
    written = OneLine().format(record)
    assert "\n" not in written
    assert "\r" not in written
    assert "\u202e" not in written
