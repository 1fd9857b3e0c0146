"""Ties and households from files: two numbers and a word, in whichever direction it was written."""

import datetime

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.importing.commands import take_back
from kesher.core.importing.kinds import importable_kind
from kesher.core.importing.recognising import guess_kind, known_headings
from kesher.customers.models import Customer, Tie

pytestmark = pytest.mark.django_db
PEOPLE = (
    "number,name,kind,phone,email\n1,Dana Levi,,052-1112233,dana@x.test\n2,Noa Levi,,03-5551111,\n"
    "3,Eli Levi,,03-5551111,\n4,Northpoint,organisation,,\n5,Levi family,household,,\n"
)


@pytest.fixture
def people(take):
    assert take(PEOPLE).outcome == (5, 0, 0, 0)


def ties():
    rows = Tie.objects.values_list("customer__reference", "role", "other__reference")
    return sorted(rows)


@pytest.mark.parametrize(
    ("word", "made"),
    [
        ("employee", ("1", "employee", "4")), ("Employee", ("1", "employee", "4")),
        ("עובדת", ("1", "employee", "4")), ("εργαζόμενος", ("1", "employee", "4")),
    ],
)  # fmt: skip
def test_what_one_is_to_the_other(people, take, word, made):
    assert take(f"customer,other,role\n1,4,{word}\n", "ties").outcome == (1, 0, 0, 0)
    assert ties() == [made]


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("4,1,Employer", ("1", "employee", "4")), ("4,1,מעסיק", ("1", "employee", "4")),
        ("2,1,child", ("1", "parent", "2")), ("2,1,בת", ("1", "parent", "2")),
        ("2,1,κόρη", ("1", "parent", "2")), ("1,2,mother", ("1", "parent", "2")),
        ("5,2,household", ("2", "member", "5")), ("2,5,member", ("2", "member", "5")),
        ("1,2,paid by", ("2", "payer", "1")), ("1,2,pays for", ("1", "payer", "2")),
        ("1,2,wife", ("1", "spouse", "2")), ("1,2,referred by", ("2", "referrer", "1")),
    ],
)  # fmt: skip
def test_a_word_may_be_said_from_either_end(people, take, line, made):
    taken = take(f"customer,other,role\n{line}\n", "ties")

    assert taken.outcome == (1, 0, 0, 0), taken.refused
    assert ties() == [made]


def test_title_and_days_and_the_same_file_again(people, take):
    content = (
        "customer,other,role,title,since,until\n1,4,employee,Buyer,01/02/2020,\n"
        "1,4,employee,Clerk,2010-01-01,2019-12-31\n1,4,employee,,,\n"
    )

    assert take(content, "ties").outcome == (2, 0, 1, 0)

    held = Tie.objects.order_by("ends_on", "pk").filter(customer__reference="1")
    assert {(tie.title, tie.starts_on, tie.ends_on) for tie in held} == {
        ("Buyer", datetime.date(2020, 2, 1), None),
        ("Clerk", datetime.date(2010, 1, 1), datetime.date(2019, 12, 31)),
    }
    assert take(content, "ties").outcome == (0, 0, 3, 0)


def test_everybody_is_found_by_telephone_and_address_too(people, take):
    taken = take(
        "phone,their_email,role\n03-5551111,dana@x.test,child\n052-1112233,dana@x.test,spouse\n",
        "ties",
    )

    assert taken.outcome == (0, 0, 0, 1, 1)  # two share the number; nobody is his own spouse
    assert "tied to himself" in taken.refused[3]
    noa = Customer.objects.get(reference="2")
    taken = take(
        "phone,their_email,role\n03-5551111,dana@x.test,child\n", "ties",
        options={"decided": {"2": noa.pk}},
    )  # fmt: skip
    assert ties() == [("1", "parent", "2")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1,2,employee,,", "cannot take this place"), ("1,5,cousin,,", "takes only"),
        ("1,99,spouse,,", "no customer with the number “99”"), ("1,,spouse,,", "does not say"),
        ("1,2,,,", "is empty"), ("1,2,spouse,2020-01-02,2020-01-01", "before it began"),
        ("1,4,employee,2019-01-01,", "tied like this already"),
    ],
)  # fmt: skip
def test_a_tie_that_cannot_be_is_refused_with_its_reason(people, take, line, words):
    take("customer,other,role,since\n1,4,employee,2020-01-01\n", "ties")

    taken = take(f"customer,other,role,since,until\n{line}\n", "ties")

    assert taken.outcome == (0, 0, 0, 1)
    assert words in taken.refused[2]


def test_a_file_of_ties_is_taken_back_whole(people, take):
    run = take("customer,other,role\n1,4,employee\n2,5,member\n", "ties").run

    undone = take_back(by=SYSTEM, run=run)

    assert (undone.restored, undone.stayed) == (2, [])
    assert not Tie.objects.exists()


def test_whoever_may_not_change_customers_brings_no_ties(people, take, clinic):
    with pytest.raises(AccessDenied):
        take("customer,other,role\n1,4,employee\n", "ties", by=clinic.actor("leaver"))


def test_only_customers_in_sight_are_tied(people, take, clinic):
    taken = take("customer,other,role\n1,C-100,spouse\n", "ties", by=clinic.actor("eilat"))

    assert taken.outcome == (0, 0, 0, 1)
    assert "no customer with the number “1”" in taken.refused[2]


def test_its_headings_tell_a_file_of_ties():
    kinds = [importable_kind(name) for name in ("customers", "touches", "ties")]

    assert guess_kind(kinds, ["customer", "other", "role", "since"]).name == "ties"
    assert guess_kind(kinds, ["name", "phone", "email"]).name == "customers"
    assert known_headings(kinds[2])["relationship"] == "role"


def test_people_are_put_into_the_household_that_a_line_names(take):
    content = "reference,name,household\n1,Dana,The Levis\n2,Noa,THE LEVIS\n3,Eli,\n"
    assert take(content).outcome == (3, 0, 0, 0)

    home = Customer.objects.get(kind="household")
    assert home.name == "The Levis"
    assert set(Tie.objects.values_list("customer__reference", "role", "other")) == {
        ("1", "member", home.pk), ("2", "member", home.pk),
    }  # fmt: skip
    assert take(content).outcome == (0, 0, 3, 0)
    taken = take("reference,household,company\n3,the levis,Northpoint\n")
    assert taken.outcome == (0, 1, 0, 0)
    take_back(by=SYSTEM, run=taken.run)
    assert not Tie.objects.filter(customer__reference="3").exists()
