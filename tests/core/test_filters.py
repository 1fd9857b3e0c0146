"""One grammar of filters: what an address says is what is asked, and nobody asks by what is hidden."""

import datetime

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.core.access import OPEN, Actor, Scope
from kesher.core.fields import choices_of, fields_for, kind_of, kinds
from kesher.core.filters import BadFilter, Term, address, condition, ops_of, parse, read, usable
from kesher.customers.models import Customer, CustomerTag, Tag, Wish

TODAY = datetime.date(2026, 11, 24)
CUSTOMERS = kind_of("customers")
quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def everything() -> Actor:
    models = ("engagement.touch", "engagement.task", "billing.purchase", "customers.customer")
    return Actor(
        label="All",
        member_id=1,
        grants={(model, "view"): Scope.ALL for model in models},
        clearances=frozenset({OPEN, "contact", "personal", "financial", "staff"}),
    )


def found(pairs, actor=None) -> set[str]:
    actor = actor or everything()
    terms = parse(pairs, CUSTOMERS, actor)
    rows = Customer.objects.filter(condition(terms, CUSTOMERS, actor, today=TODAY))
    return set(rows.values_list("name", flat=True))


# ---- reading and writing


def keys(kind):
    groups = st.sampled_from(["", "1~", "12~"])
    names = st.sampled_from([(n, op) for n, one in kind.fields.items() for op in ops_of(one)])
    return st.builds(lambda group, name: f"{group}{name[0]}.{name[1]}", groups, names)


values = st.text(min_size=1, max_size=30) | st.sampled_from(
    ["me", "none", "yes", "no", "7d", "-30d", "today", "2026-02", "2026", "12", "-1.5", "1e3"]
)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
@given(data=st.data())
@quick
def test_what_is_read_is_written_back_the_same(kind, data):
    pairs = data.draw(st.lists(st.tuples(keys(kind), values), max_size=8))
    actor = everything()
    terms, _unread = read(pairs, kind, actor)
    assert parse(address(terms), kind, actor) == terms
    assert parse(address(terms, kind), kind, actor) == terms


def test_the_usual_comparison_need_not_be_said():
    terms = parse([("stage", "new"), ("name", "cohen")], CUSTOMERS, everything())
    assert terms == [Term("stage", "is", ("new",)), Term("name", "has", ("cohen",))]
    assert address(terms, CUSTOMERS) == [("stage", "new"), ("name", "cohen")]


def test_a_filter_named_twice_gathers_its_values_once():
    pairs = [("stage", "new"), ("city", "Haifa"), ("stage", "left"), ("stage", "new")]
    assert parse(pairs, CUSTOMERS, everything()) == [
        Term("stage", "is", ("new", "left")),
        Term("city", "has", ("Haifa",)),
    ]


def test_an_address_holds_a_bounded_number_of_values():
    pairs = [("city", f"City {n}") for n in range(5000)]
    terms, unread = read(pairs, CUSTOMERS, everything())
    assert len(terms[0].values) == 100
    assert len(unread) == 4900


@given(pairs=st.lists(st.tuples(st.text(max_size=30), st.text(max_size=300)), max_size=10))
@quick
def test_any_text_is_read_or_named_as_unread(pairs):
    read(pairs, CUSTOMERS, everything())


@given(data=st.data())
@quick
def test_no_filter_is_a_fault(db, data):
    """Whatever the values, the database answers or the filter is refused with its sentence."""
    kind = data.draw(st.sampled_from(kinds()))
    pairs = data.draw(st.lists(st.tuples(keys(kind), values), min_size=1, max_size=6))
    terms, _unread = read(pairs, kind, everything())
    good, _bad = usable(terms, kind, everything(), today=TODAY)
    rows = kind.model.objects.filter(condition(good, kind, everything(), today=TODAY))
    assert list(rows[:1]) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("since_on.after", "0000-01-01"), ("since_on.after", "10000-01-01"),
        ("since_on.after", "2026-02-30"), ("since_on.within", "9999y"), ("since_on.in", "0000"),
        ("since_on.in", "2026-13"), ("birth_on.month", "13"), ("birth_on.coming", "-7d"),
        ("bought.over", "NaN"), ("bought.over", "1e99"), ("bought.over", "Infinity"),
        ("owner", "99999999999999999999"), ("owner", "-1"), ("owner", "١٢"), ("tags", "me"),
        ("stage", "unheard"), ("archived", "perhaps"), ("city.empty", "maybe"), ("phone", "abc"),
        ("name", "\u05b0"),
    ],
)  # fmt: skip
def test_refuses_a_value_that_cannot_be_meant(key, value):
    terms = parse([(key, value)], CUSTOMERS, everything())
    with pytest.raises(BadFilter):
        condition(terms, CUSTOMERS, everything(), today=TODAY)


# ---- what is hidden


@pytest.mark.parametrize(
    "name", ["phone", "email", "birth_on", "about", "wish", "bought", "last_bought"]
)
def test_a_hidden_field_is_as_unknown_as_none(name):
    uncleared = Actor(label="Uncleared", member_id=1)
    for op in ops_of(CUSTOMERS.fields[name]):
        told = []
        for key in (f"{name}.{op}", f"nonsense.{op}"):
            with pytest.raises(BadFilter) as refusal:
                parse([(key, "1")], CUSTOMERS, uncleared)
            told.append(str(refusal.value).replace(key, "KEY"))
        assert told[0] == told[1]
    with pytest.raises(BadFilter):
        condition([Term(name, "empty", ("no",))], CUSTOMERS, uncleared, today=TODAY)


# ---- what is asked


def test_the_same_field_twice_means_either_and_fields_hold_together(clinic):
    Customer.objects.filter(name="נועה שלו").update(stage="new")
    Customer.objects.filter(name="יוסף כהן").update(stage="steady")
    assert found([("stage", "new"), ("stage", "steady")]) == {"נועה שלו", "יוסף כהן"}
    assert found([("stage", "new"), ("stage", "steady"), ("city", "חיפה")]) == {"נועה שלו"}


def test_a_group_holds_by_any_of_its_filters(clinic):
    pairs = [("1~city", "חיפה"), ("1~kind", "organisation")]
    assert found(pairs) == {"נועה שלו", "Orchard Toys Ltd"}
    assert found([*pairs, ("language", "he")]) == {"נועה שלו"}


def test_names_are_compared_as_people_type_them(clinic):
    assert found([("name", "ΜΑΡΚΟΥ")]) == {"Ελένη Μάρκου"}
    assert found([("name.not", "cohen")]) == set(Customer.objects.values_list("name", flat=True))


@pytest.mark.parametrize("typed", ["052-647-3190", "+972 52 6473190", "0526473190", "6473190"])
def test_a_phone_is_found_however_it_is_written(clinic, typed):
    assert found([("phone", typed)]) == {"נועה שלו"}


def test_me_is_whoever_asks(clinic):
    agent = clinic.actor("agent")
    assert found([("owner", "me")], agent) == {"יוסף כהן"}
    assert found([("owner", "none")], agent) == {"נועה שלו", "Ελένη Μάρκου", "Orchard Toys Ltd"}
    assert len(found([("owner", "me"), ("owner", "none")], agent)) == 4


def test_tags_are_asked_without_doubling_a_row(clinic):
    gold, calm = (Tag.objects.create(name=name) for name in ("Gold", "Calm"))
    noa = clinic.customers["noa"]
    CustomerTag.objects.bulk_create(CustomerTag(customer=noa, tag=tag) for tag in (gold, calm))
    pairs = [("tags", str(gold.pk)), ("tags", str(calm.pk))]
    terms = parse(pairs, CUSTOMERS, everything())
    rows = Customer.objects.filter(condition(terms, CUSTOMERS, everything(), today=TODAY))
    assert [row.pk for row in rows] == [noa.pk]
    assert "נועה שלו" not in found([("tags.not", str(gold.pk))])
    assert found([("tags.empty", "no")]) == {"נועה שלו"}


def test_wishes_are_found_by_their_words(clinic):
    Wish.objects.create(
        customer=clinic.customers["noa"], text="Λευκό Χαμόγελο", folded="λευκο χαμογελο",
        noted_on=TODAY,
    )  # fmt: skip
    assert found([("wish", "ΛΕΥΚΟ")]) == {"נועה שלו"}
    assert found([("wish.empty", "no")]) == {"נועה שלו"}
    assert len(found([("wish.empty", "yes")])) == 3


@pytest.mark.parametrize(
    ("born", "within", "comes"),
    [
        ("1990-11-24", "7d", True), ("1990-12-01", "7d", True), ("1990-12-02", "7d", False),
        ("1990-11-23", "7d", False), ("1990-01-03", "60d", True), ("1990-02-28", "60d", False),
        ("1992-02-29", "1y", True),
    ],
)  # fmt: skip
def test_birthdays_come_round_past_the_new_year(clinic, born, within, comes):
    Customer.objects.filter(name="נועה שלו").update(birth_on=born)
    assert (found([("birth_on.coming", within)]) == {"נועה שלו"}) is comes


def test_birthdays_use_their_index(clinic):
    terms = parse([("birth_on.coming", "7d")], CUSTOMERS, everything())
    rows = Customer.objects.filter(condition(terms, CUSTOMERS, everything(), today=TODAY))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "customer_by_birthday" in rows.explain()


@pytest.mark.parametrize(
    ("op", "value", "days"),
    [
        ("is", "today", {24}), ("after", "2026-11-23", {23, 24, 25}), ("before", "2026-11-23", {22}),
        ("within", "-1d", {23, 24}), ("within", "1d", {24, 25}), ("in", "2026-11", {22, 23, 24, 25}),
        ("in", "2025", set()),
    ],
)  # fmt: skip
def test_days(db, op, value, days):
    Customer.objects.bulk_create(
        Customer(name=str(day), sort_name=str(day), since_on=datetime.date(2026, 11, day))
        for day in (22, 23, 24, 25)
    )
    assert found([(f"since_on.{op}", value)]) == {str(day) for day in days}


def test_an_empty_field_is_asked_for_by_name(clinic):
    assert "נועה שלו" not in found([("city.empty", "yes")])
    assert found([("city.empty", "no")]) == {"נועה שלו"}
    assert found([("reference.empty", "no")]) == {"יוסף כהן"}


def test_choices_are_those_of_the_field():
    assert dict(choices_of(CUSTOMERS.fields["stage"], everything())).keys() == set(
        Customer.Stage.values
    )
    assert "wish" in fields_for(everything(), CUSTOMERS)
