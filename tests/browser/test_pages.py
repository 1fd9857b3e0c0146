"""Each page as a browser sees it: readable by anyone, light, private, the right way round."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.test_signing_in import sign_in
from tests.filled import is_page
from tests.running import CLINIC, Server

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
LENGTH = "Math.max(innerHeight, document.documentElement.scrollHeight)"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FILLED = """
import json
from tests.filled import addresses_of, fill
print(json.dumps(addresses_of(fill(clinic))))
"""
LOOKS = [
    {"language": language, "dark": dark, "phone": phone}
    for language in ("en", "he", "el")
    for dark in (False, True)
    for phone in (False, True)
]
HEBREW_DARK_PHONE = {"language": "he", "dark": True, "phone": True}


def said(look: dict) -> str:
    theme, size = "dark" if look["dark"] else "light", "phone" if look["phone"] else "desk"
    return f"{look['language']}-{theme}-{size}"


@pytest.fixture(scope="module")
def filled(places, tmp_path_factory) -> Iterator[tuple[Server, dict[str, str]]]:
    """A Kesher with something on every page, and the address of each."""
    server = Server(places.make("empty", tmp_path_factory.mktemp("filled")))
    paths = json.loads(server.place.python(CLINIC + FILLED))
    server.start()
    yield server, paths
    server.stop()
    places.drop(server.place)


@pytest.fixture(scope="module")
def server(filled) -> Server:
    return filled[0]


@pytest.fixture(scope="module")
def pages(filled) -> dict[str, tuple[str | None, str]]:
    """Every page that a member can open, and every one before signing in: who opens it, and where."""
    server, paths = filled
    found: dict[str, tuple[str | None, str]] = {}
    for who, cookies in (("owner", server.session_of("owner@clinic.test")), (None, {})):
        for name, path in paths.items():
            answer = requests.get(
                server.url + path, cookies=cookies, allow_redirects=False, stream=True, timeout=20
            )
            is_html = "html" in answer.headers.get("Content-Type", "")
            if is_html and is_page(answer.status_code, answer.content):
                found.setdefault(name, (who, path))
            answer.close()
    return found


def faults(page: Page) -> list[str]:
    """What axe says of the page; its script comes from our own package, past the page's policy."""
    size = page.viewport_size
    # In a window as long as the page no bar lies over a half of a button.
    page.set_viewport_size({**size, "height": page.evaluate(LENGTH)})
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
    page.set_viewport_size(size)
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found["violations"]
        for node in fault["nodes"][:3]
    ]


def misfits(page: Page, look: dict) -> list[str]:
    """Whatever lies outside the window, or reads the wrong way."""
    width, language, direction = page.evaluate(
        "(({scrollWidth, lang, dir}) => [scrollWidth, lang, dir])(document.documentElement)"
    )
    wrong = []
    if width > page.viewport_size["width"]:
        wrong.append(f"scrolls sideways: {width}")
    if (language, direction) != (look["language"], "rtl" if language == "he" else "ltr"):
        wrong.append(f"reads {language} {direction}")
    return wrong


@pytest.fixture
def walk(open_as, pages) -> Callable[..., dict[str, list[str]]]:
    """Go round the pages in one look; what is wrong with each."""

    def go_round(look: dict, names: list[str], *judges: Callable[..., list[str]]) -> dict:
        windows: dict[str | None, Page] = {}
        wrong = {}
        for name in names:
            who, path = pages[name]
            if who not in windows:
                windows[who] = open_as(who, path, **look)
            page = windows[who]
            page.goto(path)
            found = [fault for judge in judges for fault in judge(page)]
            found += misfits(page, look)
            if found:
                wrong[f"{name} {path}"] = found
        return wrong

    return go_round


@pytest.mark.parametrize("look", LOOKS, ids=said)
def test_axe_finds_nothing(walk, pages, look):
    """Each page in one look, by turns, and all of them in Hebrew, in the dark, on a phone."""
    names = sorted(pages)
    turn = names if look == HEBREW_DARK_PHONE else names[LOOKS.index(look) :: len(LOOKS)]

    assert walk(look, turn, faults) == {}


@pytest.mark.soak
@pytest.mark.parametrize("look", LOOKS, ids=said)
def test_axe_finds_nothing_in_any_look(walk, pages, look):
    assert walk(look, sorted(pages), faults) == {}


def test_no_page_scrolls_sideways_on_a_phone(walk, pages):
    """Greek has the longest words; in Hebrew axe has been round already."""
    assert walk({"language": "el", "dark": False, "phone": True}, sorted(pages)) == {}


def test_every_page_is_looked_at(pages):
    assert len(pages) > 55
    assert {who for who, _path in pages.values()} == {"owner", None}


@pytest.mark.parametrize("name", ["customers", "customer"])
def test_a_page_is_light_and_asks_nobody_else(open_as, server, pages, name):
    page = open_as("owner", "/help/")
    requested, weights = [], []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.on("request", lambda request: requested.append(request.url))
    page.goto(pages[name][1], wait_until="load")
    page.wait_for_timeout(500)

    outside = [url for url in requested if not url.startswith((server.url, "data:"))]
    assert outside == []
    assert len([url for url in requested if "/live" not in url]) <= 10
    assert 10 * 1024 <= sum(weights) <= 90 * 1024


KEPT = """async () => {
  const stores = [localStorage, sessionStorage].map((store) => Object.entries(store));
  const databases = await indexedDB.databases();
  const cached = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) cached.push(request.url);
  }
  return JSON.stringify([stores, databases, cached, document.cookie]);
}"""


def test_nothing_of_a_customer_stays_after_sign_out(open_as, server, pages):
    """What she saw, typed and looked for is in no store, no cookie, and not behind Back."""
    page = open_as(None, reverse("account_login"))
    sign_in(page, "receptionist@clinic.test")
    page.wait_for_url(f"{server.url}/")
    page.goto(pages["customer"][1])
    page.keyboard.press("n")
    page.keyboard.type("half a thought of נועה")
    page.keyboard.press("Escape")
    page.goto("/customers/?q=647-3190")
    page.locator("[data-open]").first.click()
    page.wait_for_url(re.compile(r"/customers/\d+/"))
    assert "נועה" in page.content()

    page.goto(reverse("account_logout"))
    page.locator("main form[data-sign-out] button").click()
    page.wait_for_url(f"**{reverse('account_login')}**")

    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    kept = page.evaluate(KEPT) + json.dumps(cookies, ensure_ascii=False)
    assert not re.search("נועה|647|thought|Noa|noa@", kept)
    assert "session" not in cookies
    for _step in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert "נועה" not in page.content()
