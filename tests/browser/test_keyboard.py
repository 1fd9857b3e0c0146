"""The jobs of the day with the keyboard alone; wherever the focus goes, it is seen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Hands

LANGUAGES = pytest.mark.parametrize("language", ["en", "he"])


@pytest.fixture
def keys(open_as):
    """A member at a page, without a mouse."""
    return lambda path, language, who="receptionist": Hands(open_as(who, path, language=language))


def open_noa(hands: Hands) -> None:
    hands.key("/")
    hands.write("647-3190")
    hands.page.wait_for_url(re.compile(r"/customers/\d+/"))
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text("נועה שלו")


@LANGUAGES
def test_find_open_and_note(keys, language):
    hands = keys("/", language)
    open_noa(hands)
    composer = hands.page.locator("form:has(#composer-text), form:has(textarea)").first

    hands.key("n")
    hands.write(f"By keys {language}", then="")
    hands.reach(composer.locator("button.btn-primary"))
    hands.key("Enter")

    expect(hands.page.locator("#timeline")).to_contain_text(f"By keys {language}")


@pytest.mark.parametrize(
    ("language", "name", "phone"),
    [("en", "Keren Bar", "04-888-1021"), ("he", "תמר גוטמן", "04-888-3064")],
    ids=["en", "he"],
)
def test_a_new_customer(keys, language, name, phone):
    hands = keys("/", language)

    hands.key("+")
    hands.page.wait_for_url("**/customers/new/**")
    hands.write(phone, "Tab")
    hands.write(name, then="")
    hands.reach(hands.page.locator("form.new-customer button.btn-primary"))
    hands.key("Enter")

    hands.page.wait_for_url(re.compile(r"/customers/\d+/"))
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text(name)


@LANGUAGES
def test_a_task_is_planned_found_in_the_list_and_finished(keys, language):
    hands = keys("/", language)
    open_noa(hands)
    title = f"Ask about the bite {language}"
    hands.key("t")
    hands.write(title, "Control+Enter")
    expect(hands.page.locator(".five .planned")).to_be_visible()
    # Saved is saved before the form lets go of the keys.
    expect(hands.page.locator(":is(input, textarea, select):focus")).to_have_count(0)

    hands.key("g")
    hands.key("k")
    hands.page.wait_for_url("**/tasks/**")
    line = hands.page.get_by_role("link", name=title)
    hands.page.keyboard.press("j")
    hands.reach(line)
    hands.key("Enter")
    hands.page.wait_for_url(re.compile(r"/tasks/\d+/"))
    hands.key("d")
    expect(hands.page.locator("#dialog button[value=next]")).to_be_focused()
    hands.reach(hands.page.locator("#dialog button[value=nothing]"))
    hands.key("Enter")

    expect(hands.page.locator("#dialog")).not_to_be_visible()
    expect(hands.page.locator("[href*='/completion/']")).to_have_count(0)


def test_a_cell_that_is_refused_keeps_its_place_and_what_was_typed(keys, watch):
    watch.allow("status of 422")
    hands = keys("/customers/?q=647-3190&cols=name,reference", "en")
    cell = hands.page.locator("[data-cell=reference]")

    hands.key("j")
    hands.key("ArrowRight")
    expect(cell).to_be_focused()
    hands.key("Enter")
    hands.write("C-100", "Enter")  # Yosef's number

    expect(cell.locator(".field-error")).to_be_visible()
    expect(cell.locator("input[name=value]")).to_be_focused()
    expect(cell.locator("input[name=value]")).to_have_value("C-100")
    hands.key("Escape")
    expect(cell).not_to_contain_text("C-100")
    expect(cell).to_be_focused()
