"""Pictures of the pages with the demo business, into docs/pictures: `make shots`.

Taken in the language, size and theme in which each page is most worth looking at.
`python -m tests.browser.shots NAME …` takes only those.
"""

import io
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from kesher.demo.staff import DOMAIN, PASSWORD
from tests.browser.conftest import ARGUMENTS, DESK, PHONE, chromium
from tests.running import Places, Server

PICTURES = Path(__file__).parents[2] / "docs/pictures"
LONGEST = 1500  # of a picture; the rest of a page is more of the same
COLOURS = 192
FILE = """Name,Telephone,E-mail,City,Birthday
Dana Mizrahi,052-611-2204,dana@example.test,Haifa,14/3/1988
Yossi Peretz,054-611-2205,,Acre,2/11/1979
Ελένη Μάρκου,+30 694 555 0142,eleni@example.test,Eilat,
,04-000,,Haifa,31/2/1990
"""


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at what, how, and what she did before."""

    name: str
    path: str
    who: str = "orly"
    language: str = "en"
    dark: bool = False
    phone: bool = False
    whole: bool = False
    does: tuple[str, ...] = ()  # "open": the first row · "file": hands in FILE · "type …" · a key


SHOTS = [
    Shot("sign-in", "/account/login/", who="", language="he"),
    Shot("today", "/", who="maya", language="he"),
    Shot("today-greek-dark", "/", who="eleni", language="el", dark=True),
    Shot("today-phone", "/", who="maya", language="he", phone=True),
    Shot("find", "/", does=("/", "type moshe")),
    Shot("customers", "/customers/"),
    Shot("customers-hebrew-dark", "/customers/?sort=-bought", language="he", dark=True),
    Shot("customers-phone", "/customers/", who="maria", language="el", phone=True),
    Shot("customers-peek", "/customers/", does=("j", "j", "Space")),
    Shot("customers-selected", "/customers/", does=("j", "x", "j", "x", "j", "x")),
    Shot("filter", "/customers/", does=("f", "type ha")),
    Shot("customer", "/customers/?sort=-bought", whole=True, does=("open",)),
    Shot("customer-hebrew-dark", "/customers/?sort=-bought", who="dana", language="he", dark=True,
         whole=True, does=("open",)),
    Shot("customer-phone", "/customers/?sort=-bought", who="maria", language="el", phone=True,
         whole=True, does=("open",)),
    Shot("new-customer", "/customers/new/", does=("type 055-001-1749", "Tab", "type Moshe")),
    Shot("tasks", "/tasks/", who="maria", language="el"),
    Shot("task-done", "/tasks/", who="maria", does=("open", "d")),
    Shot("import", "/import/"),
    Shot("import-file", "/import/", whole=True, does=("file",)),
    Shot("settings", "/settings/", language="he"),
    Shot("roles", "/settings/roles/"),
    Shot("members", "/settings/members/"),
    Shot("notifications-phone-dark", "/notifications/", who="dana", language="he", phone=True,
         dark=True),
    Shot("help", "/help/"),
]  # fmt: skip


def do(page: Page, step: str) -> None:
    """One thing done before the picture is taken."""
    if step == "open":
        page.locator("[data-open]").first.evaluate("link => link.click()")
        page.wait_for_load_state()
    elif step == "file":
        file = {"name": "customers.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
        page.locator("input[type=file]").first.set_input_files(file)
        if page.url.endswith("/import/"):
            page.locator("main form button.btn-primary").first.click()
        page.wait_for_url("**/import/*/")
    elif step.startswith("type "):
        page.keyboard.type(step.removeprefix("type "))
    else:
        page.keyboard.press(step)
    page.wait_for_timeout(500)


def take(browser: Browser, server: Server, shot: Shot) -> None:
    """Open one page as somebody and keep its picture."""
    context = browser.new_context(
        base_url=server.url, viewport=PHONE if shot.phone else DESK, locale=shot.language,
        color_scheme="dark" if shot.dark else "light", reduced_motion="reduce",
    )  # fmt: skip
    cookies = server.session_of(f"{shot.who}@{DOMAIN}", PASSWORD) if shot.who else {}
    cookies = {**cookies, "language": shot.language}
    context.add_cookies([{"name": k, "value": v, "url": server.url} for k, v in cookies.items()])
    page = context.new_page()
    page.goto(shot.path)
    page.wait_for_timeout(800)
    for step in shot.does:
        do(page, step)
    if shot.whole:
        length = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({**page.viewport_size, "height": min(length, LONGEST)})
        page.wait_for_timeout(300)
    keep(shot.name, page.screenshot())
    context.close()


def keep(name: str, picture: bytes) -> None:
    """With fewer colours a picture weighs a third and looks the same."""
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}.png", optimize=True)


def main(*names: str) -> None:
    """All pictures, from one demo business of today."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()  # the address of the sign-in page is asked by name
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Places(Path(folder)).make("empty", Path(folder) / "home")
        place.kesher("demo", "load")
        server = Server(place)
        server.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium(), args=list(ARGUMENTS)
                )
                for shot in SHOTS:
                    if not names or shot.name in names:
                        take(browser, server, shot)
                browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
