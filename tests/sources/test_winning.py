"""Who wins, field by field: the source, Kesher once somebody changed it here, or what is empty."""

from datetime import date

import pytest

from kesher.core.access import SYSTEM
from kesher.core.feeds.answering import keep_ours, take_theirs
from kesher.core.feeds.commands import change_feed
from kesher.core.feeds.models import Conflict, Feed
from kesher.core.feeds.refusals import AnsweredAlready
from kesher.core.importing.commands import open_import, take_back, take_in
from kesher.core.importing.kinds import importable_kind
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.assigning import assign
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.contacts import remove_contact
from kesher.customers.commands.leaving import bin_customers, empty_bin
from kesher.customers.models import Customer
from tests.sources.test_folders import put

pytestmark = pytest.mark.django_db
HEAD = "number,name,city,birthday,phone,tags\n"


def customer(number="1"):
    return Customer.objects.get(reference=number)


class Registry:
    """A source that says one line of one customer, and then another."""

    def __init__(self, sources, folder):
        self.sources, self.folder, self.at = sources, folder, 1000
        self.says()
        self.feed = sources.connect(folder=".", pattern="*.csv")
        self.run = sources.begun(self.feed)
        haifa = sources.clinic.haifa
        assign(by=sources.by, customers=[customer()], add_branches=[haifa])

    def says(self, name="Dana Levi", city="Acre", birthday="1980-02-01", phone="052-1112233",
             tags="vip"):  # fmt: skip
        self.at += 1000
        line = f"1,{name},{city},{birthday},{phone},{tags}\n"
        put(self.folder, "list.csv", HEAD + line, self.at)

    def go(self, **said):
        self.says(**said)
        return self.sources.go(self.feed)

    def rule(self, **wins):
        change_feed(by=self.sources.by, feed=Feed.objects.get(), name="Registry", rhythm="day",
                    silent_after=0, wins=wins)  # fmt: skip

    def conflicts(self):
        rows = Conflict.objects.order_by("field")
        return [(c.field, c.here, c.there, c.state) for c in rows]


@pytest.fixture
def registry(sources, folder):
    return Registry(sources, folder)


def by_hand(clinic, **values):
    change_customer(by=clinic.actor("receptionist"), customer=customer(), values=values)


@pytest.mark.parametrize(
    ("rule", "here", "there", "stays", "is_open"),
    [
        # rule, typed here, said there, what stands afterwards, contradicted
        ("here", None, "Eilat", "Eilat", False),
        ("here", "Haifa", "Acre", "Haifa", True),
        ("here", "Haifa", "Eilat", "Haifa", True),
        ("here", "Haifa", "Haifa", "Haifa", False),
        ("here", "", "Eilat", "", True),
        ("source", "Haifa", "Acre", "Acre", False),
        ("source", "Haifa", "Eilat", "Eilat", False),
        ("source", "Haifa", "", "Haifa", False),
        ("empty", None, "Eilat", "Acre", False),
        ("empty", "Haifa", "Eilat", "Haifa", False),
        ("empty", "", "Eilat", "Eilat", False),
    ],
)
def test_the_matrix(registry, clinic, rule, here, there, stays, is_open):
    registry.rule(city=rule)
    if here is not None:
        by_hand(clinic, city=here)

    registry.go(city=there)
    registry.go(city=there, tags="vip; other")

    assert customer().city == stays
    expected = [("city", here or "", there, "open")] if is_open else []
    assert registry.conflicts() == expected


def test_a_contradiction_says_who_and_when(registry, clinic):
    by_hand(clinic, city="Haifa", birth_on=date(1981, 3, 4))

    registry.go(city="Eilat")

    city, birth = Conflict.objects.order_by("-field")
    assert (city.field, city.changed_by) == ("city", "Receptionist Cohen")
    assert city.changed_at is not None
    assert (birth.here, birth.there) == ("1981-03-04", "1980-02-01")


def test_ours_is_kept_until_the_source_says_something_new(registry, clinic, sources):
    by_hand(clinic, city="Haifa")
    registry.go(city="Eilat")
    keep_ours(by=sources.by, conflict=Conflict.objects.get())

    registry.go(city="Eilat", tags="vip; other")
    assert registry.conflicts() == [("city", "Haifa", "Eilat", "kept")]
    assert customer().city == "Haifa"

    registry.go(city="Lod")
    assert registry.conflicts() == [("city", "Haifa", "Lod", "open")]
    registry.go(city="Haifa")
    assert registry.conflicts() == []


def test_what_is_taken_from_the_source_is_the_sources_again(registry, clinic, sources):
    by_hand(clinic, city="Haifa", birth_on=date(1981, 3, 4))
    registry.go(city="Eilat")
    for conflict in Conflict.objects.all():
        take_theirs(by=sources.by, conflict=conflict)

    assert (customer().city, customer().birth_on) == ("Eilat", date(1980, 2, 1))
    registry.go(city="Lod", birthday="1980-02-02")

    assert (customer().city, customer().birth_on) == ("Lod", date(1980, 2, 2))
    assert registry.conflicts() == []


def test_an_answer_is_given_once(registry, clinic, sources):
    by_hand(clinic, city="Haifa")
    registry.go(city="Eilat")
    conflict = Conflict.objects.get()
    keep_ours(by=sources.by, conflict=conflict)

    with pytest.raises(AnsweredAlready):
        take_theirs(by=sources.by, conflict=conflict)
    assert customer().city == "Haifa"


def test_names_go_together(registry, clinic):
    by_hand(clinic, first_name="Dafna")

    registry.go(name="Dina Levi")
    assert customer().name == "Dafna Levi"
    assert [c[:3] for c in registry.conflicts()] == [("first_name", "Dafna", "Dina")]

    registry.rule(name="source")
    registry.go(name="Dina Levi", city="Lod")
    assert customer().name == "Dina Levi"
    assert registry.conflicts() == []


def test_what_was_taken_away_here_is_not_brought_again(registry, clinic, sources):
    boss = sources.by
    remove_contact(by=boss, contact=customer().contacts.get())
    assign(by=boss, customers=[customer()], remove_tags=["vip"])

    registry.go(city="Lod")
    assert customer().contacts.count() == 0
    assert list(customer().tags.values_list("name", flat=True)) == []
    registry.go(city="Lod", phone="052-4445566", tags="vip; gold")
    assert customer().phone == "+972524445566"
    assert list(customer().tags.values_list("name", flat=True)) == ["gold"]

    registry.rule(phone="source", tags="source")
    registry.go(city="Eilat", phone="052-1112233", tags="vip")
    assert customer().contacts.count() == 2
    assert sorted(customer().tags.values_list("name", flat=True)) == ["gold", "vip"]


def test_only_what_is_empty_is_added_to(registry, clinic):
    registry.rule(phone="empty", tags="empty")

    registry.go(phone="052-4445566", tags="gold")

    assert customer().contacts.count() == 1
    assert list(customer().tags.values_list("name", flat=True)) == ["vip"]


def test_a_customer_typed_here_before_keeps_what_was_typed(sources, folder, clinic):
    add_customer(
        by=sources.by,
        customer=NewCustomer(first_name="Dana", last_name="Levi", reference="1", city="Haifa",
                             branches=[clinic.haifa]),
    )  # fmt: skip
    put(folder, "list.csv", "number,city,stage,notes\n1,Eilat,steady,likes tea\n", 1000)
    feed = sources.connect(folder=".", pattern="*")
    sources.begun(feed)

    assert (customer().city, customer().stage, customer().about) == ("Haifa", "steady", "likes tea")
    assert [c.field for c in Conflict.objects.all()] == ["city"]


def test_what_a_file_brought_before_is_the_sources_to_change(sources, folder, tmp_path):
    path = tmp_path / "once.csv"
    path.write_text(HEAD + "1,Dana Levi,Haifa,,,\n")
    run = open_import(by=SYSTEM, kind=importable_kind("customers"), path=path, name="once.csv",
                      is_ours=False, said={})  # fmt: skip
    take_in(by=SYSTEM, run=run)
    put(folder, "list.csv", HEAD + "1,Dana Levi,Eilat,,,\n", 1000)
    sources.begun(sources.connect(folder=".", pattern="*"))

    assert customer().city == "Eilat"


def test_two_sources_do_not_take_turns(sources, folder):
    feeds = []
    for name, city in (("one", "Acre"), ("two", "Eilat")):
        (folder / name).mkdir()
        put(folder / name, "list.csv", HEAD + f"1,Dana Levi,{city},,,\n", 1000)
        feeds.append(sources.connect(name=name, folder=name, pattern="*"))
        sources.begun(feeds[-1])
    assert customer().city == "Acre"
    assert [(c.feed.name, c.there) for c in Conflict.objects.all()] == [("two", "Eilat")]

    for at, (name, city) in enumerate((("one", "Acre"), ("two", "Eilat"))):
        put(folder / name, "list.csv", HEAD + f"1,Dana Levi,{city},,,again\n", 2000)
        sources.go(feeds[at])
    assert customer().city == "Acre"


def test_what_was_taken_back_counts_as_changed_here(registry, sources):
    registry.go(city="Eilat")
    take_back(by=sources.by, run=sources.last_run(registry.feed))
    assert customer().city == "Acre"
    registry.go(city="Eilat", tags="gold")  # pauses
    from kesher.core.feeds.commands import resume_feed

    resume_feed(by=sources.by, feed=Feed.objects.get(), now=sources.now)
    registry.go(city="Eilat", tags="gold")

    assert customer().city == "Acre"
    assert [c[:3] for c in registry.conflicts()] == [("city", "Acre", "Eilat")]


def test_a_look_beforehand_notes_nothing(registry, clinic, sources, folder):
    from kesher.core.importing.commands import check_import

    by_hand(clinic, city="Haifa")
    registry.says(city="Eilat")
    run = open_import(
        by=sources.by, kind=importable_kind("customers"), path=folder / "list.csv", name="x",
        is_ours=False, said={}, options={"arrival": registry.feed.arrivals.get().pk},
    )  # fmt: skip

    assert check_import(by=sources.by, run=run)["counts"]["unchanged"] == 1
    assert registry.conflicts() == []


def test_a_customer_who_is_no_more_leaves_no_contradiction(registry, clinic, sources):
    by_hand(clinic, city="Haifa")
    registry.go(city="Eilat")
    bin_customers(by=sources.by, customers=[customer()], now=sources.now, batch="b")

    from datetime import timedelta

    empty_bin(by=SYSTEM, now=sources.now + timedelta(days=40))

    assert not Customer.objects.filter(reference="1").exists()
    assert registry.conflicts() == []


def test_an_ordinary_file_still_overwrites(registry, clinic, tmp_path):
    by_hand(clinic, city="Haifa")
    path = tmp_path / "once.csv"
    path.write_text(HEAD + "1,Dana Levi,Eilat,,,\n")
    run = open_import(by=SYSTEM, kind=importable_kind("customers"), path=path, name="once.csv",
                      is_ours=False, said={})  # fmt: skip
    take_in(by=SYSTEM, run=run)

    assert customer().city == "Eilat"
