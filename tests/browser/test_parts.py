"""Each part of the pages alone: keys, palette, lists, live, drafts, dialogs, toasts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.laboratory import LIVE, ORIGIN, ROWS, Laboratory, drawn

FOCUSED = "document.activeElement"
COMPOSER = """<k-tabs><div class="tabs"><a href="#c-note" data-key="n" data-key-label="Note">Note</a>
<a href="#c-call" data-key="c" data-key-label="Call">Call</a></div>
<div id="c-note"><k-draft data-url="/draft"><form hx-post="/note" hx-target="#part">
<textarea name="note" aria-label="note"></textarea><span data-draft-state></span>
<button class="btn btn-primary">Save</button></form></k-draft></div>
<div id="c-call"><textarea name="call" aria-label="call"></textarea></div></k-tabs>
<div id="part"></div>"""
BUTTON = '<button id="go" hx-post="/go" hx-target="#part">Go</button><div id="part">kept</div>'
REFUSED = {
    "status": 409,
    "body": '<div data-refusal tabindex="-1"><p role="alert">Changed meanwhile</p></div>',
}


@pytest.fixture
def laboratory(settings) -> Laboratory:
    settings.ROOT_URLCONF = "tests.browser.laboratory"
    return Laboratory()


@pytest.fixture
def window(browser: Browser, laboratory: Laboratory) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(5_000)
    laboratory.attach(context)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == []
    context.close()


def opened(laboratory: Laboratory, window: Page, parts: str, language: str = "en") -> Page:
    laboratory.parts = parts
    return laboratory.open(window, language)


def focused(window: Page, what: str) -> str:
    return window.evaluate(f"{FOCUSED}.{what}")


def rest(window: Page, seconds: float) -> None:
    window.wait_for_timeout(seconds * 1000)


# ---- keys


def test_a_key_chooses_its_tab_and_types_no_letter(laboratory, window):
    opened(laboratory, window, COMPOSER)
    window.keyboard.press("n")
    assert focused(window, "name") == "note"
    window.keyboard.type("nc")
    expect(window.locator("[name=note]")).to_have_value("nc")
    window.evaluate(f"{FOCUSED}.blur()")
    window.keyboard.press("c")
    assert focused(window, "name") == "call"
    expect(window.locator("#c-note")).to_be_hidden()


def test_letters_go_by_their_place_on_the_keyboard(laboratory, window):
    opened(laboratory, window, COMPOSER, "he")
    window.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'מ', code: 'KeyN', bubbles: true, cancelable: true}))"
    )
    assert focused(window, "name") == "note"


def test_after_g_a_letter_goes_and_does_not_act(laboratory, window):
    opened(laboratory, window, COMPOSER)
    window.keyboard.press("g")
    window.keyboard.press("c")
    window.wait_for_url("**/customers/")


def test_single_keys_rest_where_they_are_switched_off(laboratory, window):
    opened(laboratory, window, COMPOSER)
    window.evaluate("document.body.dataset.letters = 'off'")
    window.keyboard.press("n")
    assert focused(window, "tagName") == "BODY"
    window.keyboard.press("Control+k")
    expect(window.locator("#palette")).to_be_visible()


def test_the_map_of_keys_is_built_from_the_page(laboratory, window):
    opened(laboratory, window, COMPOSER + ROWS)
    window.keyboard.press("Shift+?")
    for said in ("Note", "Customers", "Peek"):
        expect(window.locator("#keys")).to_contain_text(said)
    assert window.get_attribute("[data-key=n]", "aria-keyshortcuts") == "n"
    window.keyboard.press("Escape")
    expect(window.locator("#keys")).to_be_hidden()


# ---- the palette

EXACT = """<div role="group" aria-label="Customers"><a role="option" id="f1" href="/customers/7/"
 aria-selected="false" data-exact>Ronit</a></div>"""
TWO = """<a role="option" id="f1" href="/one/" aria-selected="false">One</a>
<a role="option" id="f2" href="/two/" aria-selected="false">Two</a>"""


def test_digits_and_enter_open_before_the_answer_came(laboratory, window):
    laboratory.answers["/find/"] = {"body": EXACT}
    opened(laboratory, window, "")
    window.keyboard.press("/")
    window.keyboard.type("3190")
    window.keyboard.press("Enter")
    window.wait_for_url("**/customers/7/")
    asked = [values for _, path, values in laboratory.sent if path == "/find/"]
    assert asked[-1] == {"q": "3190", "context": "customers.customer:7"}


def test_the_key_of_the_slash_opens_it_on_a_hebrew_keyboard_too(laboratory, window):
    """There the key types a full stop; where a full stop has a key of its own, that one types."""
    opened(laboratory, window, "")
    stroke = "(code) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '.', code, bubbles: true}))"
    window.evaluate(stroke, "Period")
    expect(window.locator("#palette")).to_be_hidden()
    window.evaluate(stroke, "Slash")
    expect(window.locator("#palette")).to_be_visible()


def test_enter_waits_when_several_are_found(laboratory, window):
    laboratory.answers["/find/"] = {"body": TWO}
    opened(laboratory, window, "")
    window.keyboard.press("Control+k")
    window.keyboard.type("da")
    window.keyboard.press("Enter")
    rest(window, 0.5)
    assert window.url == f"{ORIGIN}/"
    window.keyboard.press("ArrowDown")
    assert window.get_attribute("#palette input", "aria-activedescendant") == "f2"
    window.keyboard.press("Enter")
    window.wait_for_url("**/two/")


# ---- requests


def test_a_fault_of_the_server_keeps_the_page_and_offers_another_try(laboratory, window):
    laboratory.answers["/go"] = {"status": 500, "body": "boom"}
    opened(laboratory, window, BUTTON)
    window.click("#go")
    expect(window.locator("#toasts")).to_contain_text("Something broke")
    expect(window.locator("#part")).to_have_text("kept")
    laboratory.answers["/go"] = {"body": "<h2>Done</h2>"}
    window.click("text=Try again")
    expect(window.locator("#part")).to_have_text("Done")


def test_a_refusal_goes_into_the_form_and_nothing_typed_is_lost(laboratory, window):
    laboratory.answers["/go"] = REFUSED
    form = '<form hx-post="/go" hx-target="#part"><input name="a" aria-label="a"></form>'
    opened(laboratory, window, form + '<div id="part">kept</div>')
    window.fill("[name=a]", "typed")
    window.press("[name=a]", "Enter")
    expect(window.locator("form [role=alert]")).to_have_text("Changed meanwhile")
    assert focused(window, "hasAttribute('data-refusal')") is True
    expect(window.locator("[name=a]")).to_have_value("typed")
    expect(window.locator("#part")).to_have_text("kept")


def test_a_session_that_ended_loses_nothing_typed(laboratory, window):
    ended = {"status": 204, "headers": {"HX-Redirect": "/login/?next=/"}}
    laboratory.answers |= {"/note": ended, "/draft": ended}
    opened(laboratory, window, COMPOSER)
    window.fill("[name=note]", "typed")
    expect(window.locator("[data-draft-state]")).to_contain_text("not saved")
    window.keyboard.press("Control+Enter")
    expect(window.locator("#toasts")).to_contain_text("signed out")
    expect(window.locator("[name=note]")).to_have_value("typed")
    laboratory.token = "renewed"
    window.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(window.locator("meta[name=csrf-token][content=renewed]")).to_have_count(1)


def test_the_token_travels_with_what_changes(laboratory, window):
    seen: dict[str, str | None] = {}
    opened(laboratory, window, BUTTON)
    window.on("request", lambda one: seen.update({one.url: one.headers.get("x-csrftoken")}))
    laboratory.answers["/go"] = {"body": "<h2>Done</h2>"}
    window.click("#go")
    expect(window.locator("#part")).to_have_text("Done")
    assert [token for url, token in seen.items() if url.endswith("/go")] == ["token"]


def test_what_was_done_can_be_taken_back_for_a_while(laboratory, window):
    laboratory.answers["/go"] = {
        "body": "<h2>Done</h2>",
        "headers": {"HX-Trigger-After-Settle": '{"k-toast": {"text": "Saved", "undo": "/undo/"}}'},
    }
    laboratory.answers["/undo/"] = {"status": 204}
    window.clock.install()
    opened(laboratory, window, BUTTON)
    window.click("#go")
    window.clock.run_for(500)
    expect(window.locator("k-toast")).to_contain_text("Saved")
    window.hover("k-toast")
    window.clock.run_for(20_000)
    expect(window.locator("k-toast")).to_be_visible()
    window.mouse.move(1, 1)
    window.clock.run_for(200)
    window.clock.run_for(12_000)
    expect(window.locator("k-toast")).to_have_count(0)


def test_undo_posts_and_the_toast_goes(laboratory, window):
    laboratory.answers["/undo/"] = {"status": 204}
    toast = drawn("{% include 'parts/toast.html' with text='Saved' undo='/undo/' %}")
    laboratory.answers["/go"] = {"body": f'<div hx-swap-oob="beforeend:#toasts">{toast}</div>'}
    opened(laboratory, window, BUTTON)
    window.click("#go")
    window.click("text=Undo")
    expect(window.locator("k-toast")).to_be_hidden()
    rest(window, 0.3)
    assert len(laboratory.posted("/undo/")) == 1


# ---- dialogs and menus


def test_a_dialog_opens_with_its_first_field_and_gives_the_focus_back(laboratory, window):
    laboratory.answers["/new"] = {
        "body": '<div class="dlg-h"><h2 id="dialog-title">New</h2></div>'
        '<div class="dlg-b"><input name="first" aria-label="first"></div>'
    }
    opened(laboratory, window, '<a id="new" href="/new" hx-get="/new" hx-target="#dialog">New</a>')
    window.click("#new")
    expect(window.locator("#dialog")).to_be_visible()
    assert focused(window, "name") == "first"
    window.keyboard.press("Escape")
    expect(window.locator("#dialog")).to_be_hidden()
    assert focused(window, "id") == "new"


@pytest.mark.parametrize("language", ["en", "he"])
def test_a_menu_opens_beside_its_button_and_is_walked(laboratory, window, language):
    opened(laboratory, window, "", language)
    window.focus(".me")
    window.keyboard.press("Enter")
    menu, button = window.locator("#account-menu"), window.locator(".me")
    expect(menu).to_be_visible()
    box, at = menu.bounding_box(), button.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 1280
    assert box["y"] >= at["y"] + at["height"]
    assert box["x"] <= at["x"] + at["width"] and at["x"] <= box["x"] + box["width"]
    assert window.evaluate(f"document.getElementById('account-menu').contains({FOCUSED})")
    window.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert focused(window, "className") == "me"


# ---- lists


def test_rows_are_walked_selected_and_peeked_at(laboratory, window):
    opened(laboratory, window, ROWS)
    window.keyboard.press("j")
    window.keyboard.press("ArrowDown")
    assert focused(window, "textContent") == "Row 2"
    window.keyboard.press("x")
    window.keyboard.press("j")
    window.keyboard.press("j")
    window.keyboard.press("Shift+x")
    expect(window.locator("[data-count]")).to_have_text("3")
    window.keyboard.press("Space")
    expect(window.locator("#peek")).to_contain_text("Peek 4")
    window.keyboard.press("k")
    expect(window.locator("#peek")).to_contain_text("Peek 3")
    window.keyboard.press("Escape")
    expect(window.locator("#peek")).to_be_empty()
    assert focused(window, "textContent") == "Row 3"


def test_all_that_match_is_more_than_the_page(laboratory, window):
    opened(laboratory, window, ROWS)
    window.click("[data-pick][value='2']")
    window.click("[data-choose-all]")
    expect(window.locator("[data-count]")).to_have_text("99")
    assert window.input_value("[name=all]") == "1"
    window.click("[data-pick][value='5']", modifiers=["Shift"])
    expect(window.locator("[data-count]")).to_have_text("4")
    assert window.input_value("[name=all]") == ""


def test_enter_saves_a_cell_and_goes_down_escape_puts_it_back(laboratory, window):
    opened(laboratory, window, ROWS)
    window.keyboard.press("j")
    window.keyboard.press("F2")
    expect(window.locator("[name=value]")).to_be_focused()
    window.keyboard.type("new")
    window.keyboard.press("Enter")
    expect(window.locator("[data-row='2'] [data-cell=a]")).to_be_focused()
    assert laboratory.cells == {"/cell/1/a": "new"}
    window.keyboard.press("Enter")
    expect(window.locator("[name=value]")).to_be_focused()
    window.keyboard.type("thrown away")
    window.keyboard.press("Escape")
    expect(window.locator("[data-row='2'] [data-cell=a]")).to_have_text("a2")
    assert laboratory.cells == {"/cell/1/a": "new"}


def test_tab_saves_and_goes_along_and_a_refused_value_stays_in_its_field(laboratory, window):
    opened(laboratory, window, ROWS)
    window.click("[data-row='3'] [data-cell=a]")
    expect(window.locator("[name=value]")).to_be_focused()
    window.keyboard.type("one")
    window.keyboard.press("Tab")
    expect(window.locator("[data-row='3'] [data-cell=b] input")).to_be_focused()
    window.keyboard.type("refused")
    window.keyboard.press("Enter")
    expect(window.locator("[data-row='3'] .field-error")).to_have_text("Not so")
    expect(window.locator("[name=value]")).to_have_value("refused")
    expect(window.locator("[name=value]")).to_be_focused()
    window.keyboard.press("Escape")
    expect(window.locator("[data-row='3'] [data-cell=b]")).to_have_text("b3")
    assert laboratory.cells == {"/cell/3/a": "one"}


def test_leaving_a_changed_cell_saves_it(laboratory, window):
    opened(laboratory, window, ROWS)
    window.click("[data-row='4'] [data-cell=b]")
    expect(window.locator("[name=value]")).to_be_focused()
    window.keyboard.type("left")
    window.click("h1")
    expect(window.locator("[data-row='4'] [data-cell=b]")).to_have_text("left")
    assert laboratory.cells == {"/cell/4/b": "left"}


# ---- live, drafts, leaving


def test_a_change_appears_but_never_under_the_hand(laboratory, window):
    opened(laboratory, window, LIVE.format(version=1))
    other = window.context.new_page()
    laboratory.open(other)
    laboratory.version = 2
    laboratory.tell(other, kind="customers.customer", id=7, version=2)
    expect(window.locator("#live p")).to_have_text("version 2")
    window.fill("[name=free]", "typing")
    laboratory.version = 3
    laboratory.tell(other, kind="customers.customer", id=7, version=3)
    expect(window.locator("#live .banner")).to_be_visible()
    expect(window.locator("[name=free]")).to_have_value("typing")
    window.click("#live .banner button")
    expect(window.locator("#live p")).to_have_text("version 3")


def test_what_is_known_already_and_what_is_of_others_is_not_fetched(laboratory, window):
    opened(laboratory, window, LIVE.format(version=5))
    other = window.context.new_page()
    laboratory.open(other)
    laboratory.tell(other, kind="customers.customer", id=7, version=5)
    laboratory.tell(other, kind="customers.customer", id=8, version=9)
    rest(window, 0.6)
    assert [path for _, path, _ in laboratory.sent if path == "/live-part"] == []


def test_one_window_holds_the_stream_and_another_takes_over(laboratory, window):
    opened(laboratory, window, "")
    other = window.context.new_page()
    laboratory.open(other)
    rest(other, 0.3)
    streams = [path for _, path, _ in laboratory.sent if path == "/live"]
    assert len(streams) == 1
    window.goto("about:blank")
    rest(other, 0.5)
    streams = [path for _, path, _ in laboratory.sent if path == "/live"]
    assert len(streams) == 2


def test_a_draft_is_kept_on_the_server_and_nowhere_else(laboratory, window):
    laboratory.answers["/draft"] = {"status": 204}
    opened(laboratory, window, COMPOSER)
    window.fill("[name=note]", "half a thought")
    expect(window.locator("[data-draft-state]")).to_contain_text("Draft saved")
    request = next(body for _, path, body in laboratory.sent if path == "/draft")
    assert "half a thought" in str(request)
    stored = window.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "thought" not in stored


def test_leaving_a_half_filled_form_asks(laboratory, window):
    opened(laboratory, window, '<form data-guard><input name="a" aria-label="a"></form>')
    asked = []
    window.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    window.click("[name=a]")
    window.keyboard.type("x")
    window.evaluate("location.href = '/today/'")
    window.wait_for_url("**/today/")
    assert asked == ["beforeunload"]


def test_control_and_enter_send_what_one_writes(laboratory, window):
    opened(laboratory, window, COMPOSER)
    laboratory.answers["/note"] = {"body": "<h2>Kept</h2>"}
    window.fill("[name=note]", "a note")
    window.keyboard.press("Control+Enter")
    expect(window.locator("#part")).to_have_text("Kept")
    assert laboratory.posted("/note") == [{"note": "a note"}]


def test_dark_at_once_and_remembered(laboratory, window):
    opened(laboratory, window, "")
    window.click(".bar > [data-theme-switch] .if-light")
    assert window.evaluate("document.documentElement.dataset.theme") == "dark"
    assert window.context.cookies(ORIGIN)[0]["value"] == "dark"
