"""How many actions the jobs of the day take, counted in the browser, in two directions."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Hands

LANGUAGES = pytest.mark.parametrize("language", ["en", "he"])


@pytest.fixture
def at(open_as):
    """A member's hands at a page."""
    return lambda path, language="en", who="receptionist", **more: Hands(
        open_as(who, path, language=language, **more)
    )


def open_noa(at, language="en", **more) -> Hands:
    """Noa's page, opened before the count begins."""
    hands = at("/customers/?q=שלו", language, **more)
    hands.page.get_by_role("link", name=re.compile("נועה")).first.click()
    hands.page.wait_for_url(re.compile(r"/customers/\d+/"))
    return hands


@LANGUAGES
def test_find_by_phone_and_open_takes_two(at, language):
    hands = at("/", language)

    hands.key("/")
    hands.write("647-3190")

    hands.page.wait_for_url(re.compile(r"/customers/\d+/"))
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text("נועה שלו")
    assert hands.actions <= 2


@LANGUAGES
def test_a_note_takes_two(at, language):
    hands = open_noa(at, language)

    hands.key("n")
    hands.write(f"Prefers mornings {language}", "Control+Enter")

    expect(hands.page.locator("#timeline")).to_contain_text(f"Prefers mornings {language}")
    assert hands.actions <= 2


@LANGUAGES
def test_a_walk_in_takes_two(at, language):
    hands = open_noa(at, language)

    hands.key("v")
    hands.write(f"Came in with a question {language}", "Control+Enter")

    expect(hands.page.locator("#timeline")).to_contain_text(f"Came in with a question {language}")
    assert hands.actions <= 2


@LANGUAGES
def test_a_new_customer_with_a_warning_takes_four(at, language):
    hands = at("/", language)

    hands.key("+")
    hands.page.wait_for_url("**/customers/new/**")
    hands.write("052-647-3190", "Tab")
    expect(hands.page.get_by_text("נועה שלו").first).to_be_visible()
    hands.write("Noga", "Enter")

    assert hands.actions <= 4


@LANGUAGES
def test_finishing_a_task_and_planning_the_next_takes_two(at, language):
    hands = open_noa(at, language)
    hands.page.keyboard.press("t")
    hands.page.keyboard.type(f"Call about the crown {language}")
    hands.page.keyboard.press("Control+Enter")
    task = hands.page.get_by_text(f"Call about the crown {language}").first
    expect(task).to_be_visible()

    finish = hands.page.locator(".five a[href*='/completion/']").first
    hands.click(finish)
    expect(hands.page.locator("#dialog form button[data-focus]")).to_be_focused()
    hands.key("Enter")

    expect(hands.page.locator("#dialog")).not_to_be_visible()
    expect(hands.page.locator(".five .planned")).to_be_visible()
    assert hands.actions <= 2


@LANGUAGES
def test_from_a_filter_to_a_saved_view_takes_four(at, language):
    hands = at("/customers/", language)

    hands.key("f")
    hands.write("Haifa", "Enter")
    expect(hands.page.locator("#chips .chip")).to_contain_text("Haifa")
    hands.click(hands.page.locator("#view-state [hx-get*='views/new']"))
    hands.write(f"Ours {language}", "Enter")

    tab = hands.page.get_by_role("main").get_by_role("link", name=f"Ours {language}")
    expect(tab).to_have_attribute("aria-current", re.compile("."))
    expect(hands.page.locator("#chips .chip")).to_contain_text("Haifa")
    assert hands.actions <= 4


@LANGUAGES
def test_a_known_spreadsheet_takes_five_and_its_undo_one(at, language):
    hands = at("/", language, who="owner")
    name = f"Dana {language}"
    content = f"name,phone,city\n{name},052-1112233,Haifa\nNoa {language},,Acre\n".encode()

    hands.key("/")
    hands.write({"en": "import", "he": "ייבוא"}[language], then="")
    expect(hands.page.locator("[role=option]").first).to_have_id("go-import")
    hands.page.keyboard.press("Enter")
    hands.page.wait_for_url(re.compile(r"/import/$"))
    hands.file({"name": "people.csv", "mimeType": "text/csv", "buffer": content})
    hands.click(hands.page.locator("main form .btn-primary").first)
    hands.page.wait_for_url(re.compile(r"/import/\d+/"))
    hands.click(hands.page.locator("main form .btn-primary").first)
    expect(hands.page.locator("main .tag.ok")).to_be_visible()
    assert hands.actions <= 5

    hands.actions = 0
    hands.click(hands.page.locator("main form[action$='undoing/'] button"))
    expect(hands.page.locator("main .tag.line")).to_be_visible()
    assert hands.actions <= 1


@LANGUAGES
def test_a_field_of_ones_own_takes_four(at, language):
    hands = open_noa(at, language, who="owner")
    label = f"Shoe size {language}"

    hands.click(hands.page.locator("#side a[href*='fields/new']"))
    hands.write(label, then="")
    hands.choose(hands.page.locator("#dialog select[name=type]"), "number")
    hands.click(hands.page.locator("#dialog .btn-primary"))

    expect(hands.page.locator("#side")).to_contain_text(label)
    assert hands.actions <= 5


TWO = """
from kesher.core.access import SYSTEM
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.commands.comparing import compare_waiting, key_waiting
from kesher.organization.models import Branch
branches = list(Branch.objects.all())
twice = [NewCustomer(name=name, phones=["{phone}"], branches=branches) for name in ("{name}", "{name}")]
added = add_customers(by=SYSTEM, customers=twice)
key_waiting(by=SYSTEM, limit=1000)
compare_waiting(by=SYSTEM, limit=1000)
print(*[one.pk for one in added])
"""


@LANGUAGES
def test_a_merger_takes_two_and_its_undo_one(at, server, language):
    said = {"en": ("Avital Mor", "052-3131311"), "he": ("Orit Bar", "052-4242422")}[language]
    both = server.place.python(TWO.format(name=said[0], phone=said[1])).split()
    hands = at(f"/customers/{both[0]}/", language, who="manager")

    hands.click(hands.page.locator(".twin a").first)
    hands.page.wait_for_url(re.compile("/merge/"))
    hands.click(hands.page.locator("main form .btn-primary"))
    hands.page.wait_for_url(re.compile(rf"/customers/({'|'.join(both)})/"))
    assert hands.actions <= 3

    hands.actions = 0
    hands.click(hands.page.locator("#toasts form button, #toasts button[hx-post]").first)
    expect(hands.page.locator("#toasts form")).to_have_count(0)
    assert hands.actions <= 1
    for number in both:
        assert hands.page.goto(f"/customers/{number}/").status == 200
        assert f"/customers/{number}/" in hands.page.url
