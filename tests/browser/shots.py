"""Pictures of the pages with the demo business, into docs/pictures: `make shots`.

Taken in the language, size and theme in which each page is most worth looking at.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import ARGUMENTS, DESK, PHONE, chromium
from tests.running import Places, Server

PICTURES = Path(__file__).parents[2] / "docs/pictures"
PASSWORD = "demo demo demo"


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at what, and how."""

    name: str
    path: str
    who: str = "orly"
    language: str = "en"
    dark: bool = False
    phone: bool = False
    click: str = ""


SHOTS = [
    Shot("sign-in", "/account/login/", who="", language="he"),
    Shot("today", "/", who="maya"),
    Shot("today-greek-dark", "/", who="eleni", language="el", dark=True),
    Shot("today-phone", "/", who="maya", language="he", phone=True),
    Shot("customers", "/customers/"),
    Shot("customers-hebrew", "/customers/?stage=steady&stage=growing", language="he"),
    Shot("customers-phone", "/customers/", phone=True, language="he", dark=True),
    Shot("customer", "/customers/", click="k-rows a.name"),
    Shot("customer-hebrew", "/customers/", language="he", click="k-rows a.name"),
    Shot("customer-phone", "/customers/", language="el", phone=True, click="k-rows a.name"),
    Shot("new-customer", "/customers/new/"),
    Shot("tasks", "/tasks/", language="el"),
    Shot("import", "/import/"),
    Shot("settings", "/settings/", language="he"),
    Shot("roles", "/settings/roles/"),
    Shot("style", "/style/", dark=True),
]


def take(browser: Browser, server: Server, shot: Shot) -> None:
    """Open one page as somebody and keep its picture."""
    context = browser.new_context(
        base_url=server.url, viewport=PHONE if shot.phone else DESK, locale=shot.language,
        color_scheme="dark" if shot.dark else "light", reduced_motion="reduce",
    )  # fmt: skip
    cookies = {"language": shot.language}
    if shot.who:
        cookies |= server.session_of(f"{shot.who}@demo.kesher", PASSWORD)
    context.add_cookies([{"name": k, "value": v, "url": server.url} for k, v in cookies.items()])
    page = context.new_page()
    if shot.who:  # the member's own language goes before the cookie
        page.goto("/")
        page.locator(f".lang [value={shot.language}]").first.evaluate("button => button.click()")
        page.wait_for_load_state("networkidle")
    page.goto(shot.path)
    if shot.click:
        page.locator(shot.click).first.evaluate("link => link.click()")
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)
    page.screenshot(path=PICTURES / f"{shot.name}.png", full_page=shot.phone or bool(shot.click))
    context.close()


def main() -> None:
    """All pictures, from one demo business of today."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        place = places.make("empty", Path(folder) / "home")
        place.kesher("demo", "load")
        server = Server(place)
        server.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium(), args=list(ARGUMENTS)
                )
                for shot in SHOTS:
                    take(browser, server, shot)
                browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
