"""Each page as a browser sees it: readable by anyone, light, private, the right way round."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
PAGES = (
    "/", "/customers/", "/customers/new/", "/tasks/", "/settings/", "/settings/roles/",
    "/settings/members/", "/import/", "/help/", "/notifications/", "/mailbox/", "/style/",
)  # fmt: skip
LOOKS = [
    {"language": language, "dark": dark, "phone": phone}
    for language in ("en", "he", "el")
    for dark in (False, True)
    for phone in (False, True)
]
HEBREW_DARK_PHONE = {"language": "he", "dark": True, "phone": True}


def noa(page: Page) -> None:
    """From the list to a customer's page."""
    page.goto("/customers/?q=שלו")
    page.get_by_role("link", name="נועה").first.click()
    page.wait_for_url("**/customers/*/**")


def faults(page: Page) -> list[str]:
    """What axe says of the page; its script comes from our own package, past the page's policy."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found["violations"]
        for node in fault["nodes"][:3]
    ]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(open_as, path):
    rotating = LOOKS[PAGES.index(path) % len(LOOKS)]
    for look in (rotating, HEBREW_DARK_PHONE):
        page = open_as("owner", path, **look)
        assert faults(page) == [], look


@pytest.mark.parametrize("look", [{"language": "en"}, HEBREW_DARK_PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_on_a_customers_page(open_as, look):
    page = open_as("owner", "/", **look)
    noa(page)

    assert faults(page) == []


@pytest.mark.soak  # a member's own language goes before the browser's: to be set for each look
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "he", "el"])
def test_no_page_scrolls_sideways_on_a_phone(open_as, path, language):
    page = open_as("owner", path, phone=True, language=language)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "he" else "ltr")


@pytest.mark.parametrize("path", ["/customers/", "customer"])
def test_a_page_is_light_and_asks_nobody_else(open_as, server, path):
    page = open_as("owner", "/help/")
    requests = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    weights = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    if path == "customer":
        noa(page)
        path = page.url
        weights.clear()
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path, wait_until="load")
    page.wait_for_timeout(500)

    outside = [url for url in requests if not url.startswith((server.url, "data:"))]
    assert outside == []
    assert len([url for url in requests if "/live" not in url]) <= 10
    assert sum(weights) <= 90 * 1024


@pytest.mark.soak  # fails on the way to signing out, not on what stays
def test_nothing_of_a_customer_stays_after_sign_out(open_as):
    page = open_as("receptionist", "/")
    noa(page)
    page.goto("/account/logout/")
    page.locator("main form button[type=submit], main form button").first.click()
    page.wait_for_url("**/account/login/**")

    kept = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}]) + [...document.cookie].join('')"
    )
    assert "נועה" not in kept
    assert "647" not in kept
    page.go_back()
    page.wait_for_load_state()
    assert "נועה" not in page.content()
