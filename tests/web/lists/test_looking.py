"""What a list shows: its filters in words, its order, its columns, page after page."""

import re

import pytest

from kesher.core.access import SYSTEM
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.commands.changing import change_customer
from kesher.engagement.commands.tasks import finish_task
from tests.web.lists.conftest import HX

NOA, ELENI, YOSEF, ORCHARD = "נועה שלו", "Ελένη Μάρκου", "יוסף כהן", "Orchard Toys Ltd"


@pytest.fixture
def staged(clinic):
    """Noa is at risk, Orchard is new, the agent looks after Yosef."""
    for name, stage in (("noa", "at_risk"), ("orchard", "new"), ("yosef", "steady")):
        customer = clinic.customers[name]
        change_customer(by=clinic.actor("owner"), customer=customer, values={"stage": stage})
    return clinic


# ---- filters


def test_values_of_one_filter_are_joined_by_or_and_filters_by_and(staged, listed):
    page = listed("owner", "all=1&stage=at_risk&stage=new&kind=person")
    assert page.rows == [NOA]
    assert page.chips == "Life stage At risk or New and Kind Person"


def test_filters_of_one_group_are_joined_by_or(staged, listed):
    page = listed("owner", "1~stage=new&1~city=חיפה")
    assert set(page.rows) == {NOA, ORCHARD}
    assert page.chips == "Life stage New or City contains “ חיפה ”"


def test_a_chip_leads_to_the_list_without_it(staged, listed, as_member, page_of):
    page = listed("owner", "all=1&stage=at_risk&kind=person")
    without = page.link(r' aria-label="Remove the filter Life stage"')
    assert set(page_of(as_member("owner"), without).rows) == {NOA, ELENI, YOSEF}


def test_a_filter_that_is_built_stands_in_the_address(staged, as_member, page_of):
    desk = as_member("owner")
    asked = {"field": "stage", "op": "is", "value": "new", "go": "1", "in": "all=1"}
    answer = desk.get("/customers/filter/", asked)
    assert answer.status_code == 302
    assert page_of(desk, answer["Location"]).rows == [ORCHARD]


def test_words_narrow_the_list_in_any_script(clinic, listed):
    assert listed("owner", q="yosef", all="1").rows == [YOSEF]
    assert listed("owner", "all=1&q=orly", name="members").rows == ["Orly Owner"]


def test_a_part_that_means_nothing_is_left_out_and_named(clinic, listed):
    page = listed("owner", "all=1&colour=blue")
    assert len(page.rows) == 4
    assert '<bdi dir="ltr">colour' in page.html


def test_nothing_that_matches_says_so_and_leads_on(clinic, listed):
    page = listed("owner", "stage=won_back")
    assert page.rows == []
    assert "Nothing matches" in page.html
    assert 'href="/customers/?all=1"' in page.html


# ---- order and columns


def test_a_head_sorts_and_once_more_turns_round(staged, listed, as_member, page_of):
    page = listed("owner", "all=1")
    assert page.rows == [ORCHARD, ELENI, YOSEF, NOA]
    turned = page_of(as_member("owner"), page.link(r">.{,160}Name</a>"))
    assert turned.rows == page.rows[::-1]
    assert 'aria-sort="descending"' in turned.html


@pytest.mark.parametrize("way", ["", "-"])
def test_rows_are_sorted_by_stage_and_by_who_is_responsible(staged, listed, way):
    stages = listed(
        "owner", f"all=1&sort={way}stage&cols=name,stage&kind=person&stage.not=prospect"
    )
    expected = [NOA, YOSEF]
    assert stages.rows == (expected if not way else expected[::-1])
    owners = listed("owner", f"all=1&sort={way}owner")
    assert owners.rows[0] == YOSEF  # whoever has nobody comes last either way
    assert len(owners.rows) == 4


def test_columns_are_chosen_and_moved(clinic, listed, as_member):
    assert listed("owner", "all=1&cols=city,stage").heads == ["Name", "City", "Life stage"]
    moved = as_member("owner").get(
        "/customers/columns/",
        {"in": "all=1", "col": ["city", "stage"], "move": "stage.earlier"},
        headers=HX,
    )
    names = re.findall(r'name="col" value="(\w+)" checked', moved.text)
    assert names[:2] == ["stage", "city"]


def test_a_column_that_one_may_not_read_is_no_column(clinic, listed):
    assert "Bought in all" in listed("owner").heads
    assert "Bought in all" not in listed("receptionist").heads
    hidden = listed("receptionist", "all=1&cols=bought,city&sort=bought")
    assert hidden.heads == ["Name", "City"]


# ---- page after page


@pytest.fixture
def crowd(clinic):
    """Sixty more customers in Haifa."""
    new = [
        NewCustomer(name=f"Visitor {at:02}", branches=[clinic.haifa], stage="new")
        for at in range(60)
    ]
    add_customers(by=SYSTEM, customers=new)
    return clinic


def test_pages_follow_each_other_without_gap(crowd, as_member, listed, page_of):
    desk = as_member("owner")
    first = listed("owner", "stage=new")
    second = page_of(desk, first.link(' rel="next"'))
    assert (len(first.rows), len(second.rows)) == (50, 10)
    assert sorted(first.rows + second.rows) == [f"Visitor {at:02}" for at in range(60)]
    back = page_of(desk, second.link(' rel="prev"'))
    assert back.rows == first.rows


def test_one_who_comes_meanwhile_moves_nobody(crowd, as_member, listed, page_of):
    first = listed("owner", "stage=new")
    new = NewCustomer(name="Visitor 00a", branches=[crowd.haifa], stage="new")
    add_customers(by=SYSTEM, customers=[new])
    second = page_of(as_member("owner"), first.link(' rel="next"'))
    assert second.rows == [f"Visitor {at:02}" for at in range(50, 60)]


def test_how_many_there_are_follows(crowd, as_member):
    counts = as_member("owner").get("/customers/counts/?view=all&in=tabs", headers=HX).text
    assert '<span id="total" class="muted sm num" hx-swap-oob="true">64</span>' in counts
    assert 'id="n-mine" hx-swap-oob="true">0<' in counts


# ---- who sees what


@pytest.mark.parametrize(
    ("who", "rows"),
    [
        ("owner", {NOA, ELENI, YOSEF, ORCHARD}),
        ("receptionist", {NOA, YOSEF, ORCHARD}),
        ("eilat", {ELENI, YOSEF}),
        ("agent", {YOSEF}),
    ],
)
def test_each_has_the_customers_of_his_scope(clinic, listed, who, rows):
    assert set(listed(who).rows) == rows


def test_tasks_begin_with_ones_own_open_ones(clinic, listed, planned):
    planned(title="Mine")
    planned("manager", title="The manager's")
    done = planned(title="Done long ago")
    finish_task(by=clinic.actor("receptionist"), task=done, now=done.created_at)

    assert listed("receptionist", name="tasks").rows == ["Mine"]
    everybody = listed("receptionist", "view=all", name="tasks").rows
    assert set(everybody) == {"Mine", "The manager's", "Done long ago"}
    assert listed("receptionist", "view=done", name="tasks").rows == ["Done long ago"]


def test_members_who_left_stand_apart(clinic, listed):
    assert "Leaver Cohen" not in listed("owner", name="members").rows
    assert listed("owner", "view=left", name="members").rows == ["Leaver Cohen"]


def test_a_column_is_made_wide_then_narrow_then_as_usual_again(clinic, as_member, listed):
    desk, columns = as_member("owner"), ["city", "stage"]
    for width in ("city~wide", "city~narrow", "city"):
        asked = {"in": "all=1", "col": columns, "move": "city.width"}
        lines = desk.get("/customers/columns/", asked, headers=HX).text
        columns = re.findall(r'name="col" value="([\w~]+)" checked', lines)
        assert columns == [width, "stage"]
    page = listed("owner", "all=1&cols=city~wide,stage~huge")
    assert page.heads == ["Name", "City", "Life stage"]
    assert page.html.count("w-wide") == 1 + len(page.rows)
    assert "cols=name%2Ccity~wide%2Cstage" in page.html
