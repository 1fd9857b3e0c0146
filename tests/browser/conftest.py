"""A real browser on a real Kesher. `page` is nobody's; `open_as("receptionist")` is somebody's."""

import os
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.watching import Watch
from tests.running import Server

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PATIENCE = 10_000


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """The browser's program."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert program, "There is no Chromium here: apt-get install chromium"
    return program


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def server(shared_server: Server) -> Server:
    """The clinic of `people.py`, served to the tests of one file."""
    return shared_server


@pytest.fixture
def watch(server) -> Iterator[Watch]:
    watching = Watch(urlsplit(server.url).netloc)
    yield watching
    assert watching.verdict() == []


@pytest.fixture
def open_as(browser, server, watch) -> Iterator[Callable[..., Page]]:
    """Opens a window of its own for a member of the cast, or for nobody.

    open_as("receptionist", "/customers/", phone=True, dark=True, language="he")
    """
    contexts = []

    def open_window(
        name: str | None, path: str = "/", *, phone=False, dark=False, language="en", **options
    ) -> Page:
        context = browser.new_context(
            base_url=server.url,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            locale=language,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        watch.attach(context)
        cookies = server.session_of(f"{name}@clinic.test") if name else {}
        cookies = {**cookies, "language": language}  # signing in brought the member's own
        context.add_cookies(
            [{"name": key, "value": value, "url": server.url} for key, value in cookies.items()]
        )
        window = context.new_page()
        window.goto(path)
        return window

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_as) -> Page:
    """A window of somebody who has not signed in."""
    return open_as(None, reverse("account_login"))
