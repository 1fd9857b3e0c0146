"""Fields of the business's own on customers: made, filled, listed, kept apart."""

import datetime

import pytest
from django.utils import timezone

from kesher.core.access import AccessDenied, readable
from kesher.core.changes import EditConflict
from kesher.core.fields import kind_of
from kesher.core.own import commands
from kesher.core.own.commands import (
    NewOwnField,
    add_own_field,
    change_own_field,
    order_own_fields,
    rename_own_field,
    restore_own_field,
    retire_own_field,
)
from kesher.core.own.models import OwnField
from kesher.core.own.values import NotADate, NotANumber, NotOffered, ValueNeeded
from kesher.core.search import find
from kesher.core.undo import undo_batch
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.merging import merge_customers
from kesher.customers.commands.parting import unmerge_customers
from kesher.customers.models import Customer, CustomerOwnValue
from kesher.customers.timeline import Changes
from kesher.surface.lists.asking import ask
from kesher.surface.lists.grouping import grouped
from kesher.surface.lists.rows import rows_of, sheet_of
from kesher.web.customers.list import CUSTOMERS

TODAY = datetime.date(2026, 7, 1)
Type = OwnField.Type


@pytest.fixture
def owner(clinic):
    return clinic.actor("owner")


def made(by, name, type=Type.TEXT, **more):
    return add_own_field(
        by=by, new=NewOwnField(kind="customers", labels={"en": name}, type=type, **more)
    )


@pytest.fixture
def insurer(owner):
    return made(owner, "Insurer", Type.CHOICE, choices=[{"en": "Clalit"}, {"en": "Maccabi"}])


@pytest.fixture
def visits(owner):
    return made(owner, "Visits", Type.NUMBER)


def fill(by, customer, **values):
    return change_customer(by=by, customer=customer, values=values)


def names(actor, query, clinic):
    wanted = ask(CUSTOMERS, actor, [tuple(p.split("=", 1)) for p in query.split("&")], today=TODAY)
    assert not wanted.unread
    at = {row.pk: name for name, row in clinic.customers.items()}
    return [at[row[0]] for row in sheet_of(wanted, actor, today=TODAY).page.rows]


# ---- made


def test_a_field_is_in_the_catalogue_at_once_and_in_three_languages(owner):
    one = add_own_field(
        by=owner,
        new=NewOwnField(kind="customers", labels={"en": "Allergies", "he": "אלרגיות"}),
    )

    assert one.key == "own_allergies"
    assert str(kind_of("customers").fields["own_allergies"].label) == "Allergies"


def test_refuses_two_fields_of_one_name_in_any_language(owner):
    add_own_field(
        by=owner, new=NewOwnField(kind="customers", labels={"en": "Insurer", "he": "מבטח"})
    )

    for labels in ({"en": "INSURER"}, {"el": "insurer"}, {"en": "Other", "he": "מבטח"}):
        with pytest.raises(commands.NameTaken):
            add_own_field(by=owner, new=NewOwnField(kind="customers", labels=labels))


def test_refuses_the_name_of_a_field_of_keshers(owner):
    with pytest.raises(commands.NameTaken):
        made(owner, "telephone")


def test_only_who_manages_the_business_makes_fields(clinic):
    with pytest.raises(AccessDenied):
        made(clinic.actor("receptionist"), "Shoe size")


def test_refuses_a_classification_that_one_may_not_read(clinic, owner):
    one = made(owner, "Diagnosis", classification="health")

    assert "own_diagnosis" in readable(clinic.actor("dentist"), Customer)
    assert "own_diagnosis" not in readable(clinic.actor("receptionist"), Customer)
    assert one.classification == "health"


def test_is_renamed_without_loss(owner, clinic, visits):
    noa = fill(owner, clinic.customers["noa"], own_visits="7")

    rename_own_field(by=owner, own_field=visits, labels={"en": "Times here"})

    assert str(kind_of("customers").fields["own_visits"].label) == "Times here"
    assert names(owner, "own_visits.over=7", clinic) == ["noa"]
    assert noa.own == {"s1": "7"}


def test_is_retired_and_comes_back_with_its_values(owner, clinic, visits):
    fill(owner, clinic.customers["noa"], own_visits="7")

    gone = retire_own_field(by=owner, own_field=visits, now=timezone.now())
    assert "own_visits" not in kind_of("customers").fields
    with pytest.raises(commands.RetiredHasName):
        made(owner, "Visits")

    restore_own_field(by=owner, own_field=gone)
    assert names(owner, "own_visits.over=1", clinic) == ["noa"]


def test_fields_stand_in_the_order_they_are_given(owner, insurer, visits):
    order_own_fields(by=owner, kind="customers", keys=["own_visits", "own_insurer"])

    keys = [name for name in kind_of("customers").fields if name.startswith("own_")]
    assert keys == ["own_visits", "own_insurer"]


def test_a_choice_in_use_is_retired_and_not_removed(owner, clinic, insurer):
    noa = fill(owner, clinic.customers["noa"], own_insurer="clalit")
    clalit, maccabi = insurer.choices

    with pytest.raises(commands.ChoiceInUse, match="“Clalit” stands with 1 record"):
        change_own_field(by=owner, own_field=insurer, values={"choices": [maccabi]})

    retired = [{**clalit, "retired": True}, maccabi]
    change_own_field(by=owner, own_field=insurer, values={"choices": retired})
    fill(owner, noa, own_insurer="clalit")  # it may stay
    with pytest.raises(NotOffered):
        fill(owner, clinic.customers["yosef"], own_insurer="clalit")


# ---- filled


def test_values_are_kept_in_one_form_and_found_by_rows(owner, clinic):
    for name, kind in (("Size", Type.NUMBER), ("Seen on", Type.DATE), ("Note", Type.TEXT)):
        made(owner, name, kind)
    made(owner, "Interests", Type.MANY, choices=[{"en": "Art"}, {"en": "Golf"}])

    noa = fill(
        owner, clinic.customers["noa"], own_size="1,234.50", own_seen_on="2026-07-04",
        own_note="  Ça va ", own_interests="golf; art",
    )  # fmt: skip

    assert noa.own == {"s1": "1234.5", "s2": "2026-07-04", "s3": "Ça va", "s4": ["art", "golf"]}
    rows = CustomerOwnValue.objects.order_by("slot", "text").values_list("slot", "text", "day")
    assert list(rows) == [
        (1, None, None), (2, None, datetime.date(2026, 7, 4)), (3, "ca va", None),
        (4, "art", None), (4, "golf", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "typed", "refusal"),
    [(Type.NUMBER, "many", NotANumber), (Type.NUMBER, "NaN", NotANumber),
     (Type.DATE, "2026-02-30", NotADate), (Type.YES_NO, "perhaps", NotOffered)],
)  # fmt: skip
def test_refuses_what_is_no_such_value(owner, clinic, kind, typed, refusal):
    made(owner, "Thing", kind)

    with pytest.raises(refusal):
        fill(owner, clinic.customers["noa"], own_thing=typed)


def test_a_required_field_is_not_emptied_by_hand(owner, clinic):
    made(owner, "Thing", is_required=True)
    noa = fill(owner, clinic.customers["noa"], own_thing="a")

    with pytest.raises(ValueNeeded):
        fill(owner, noa, own_thing="")


def test_a_new_customer_begins_with_the_defaults(owner, clinic):
    made(owner, "Thing", default="as ever")

    one = add_customer(by=owner, customer=NewCustomer(name="New Person"))

    assert one.own == {"s1": "as ever"}
    assert CustomerOwnValue.objects.get().customer_id == one.pk


def test_two_who_change_different_fields_both_keep_theirs(owner, clinic, insurer, visits):
    noa = clinic.customers["noa"]
    fill(owner, noa, own_visits="7")

    both = change_customer(by=owner, customer=noa, values={"own_insurer": "clalit"}, seen=1)
    assert both.own == {"s2": "7", "s1": "clalit"}
    with pytest.raises(EditConflict):
        change_customer(by=owner, customer=noa, values={"own_visits": "8"}, seen=1)


def test_a_change_is_undone(owner, clinic, visits):
    noa = clinic.customers["noa"]
    fill(owner, noa, own_visits="7")
    change_customer(by=owner, customer=noa, values={"own_visits": ""}, batch="b")

    undo_batch(by=owner, batch="b")

    assert Customer.objects.get(pk=noa.pk).own == {"s1": "7"}
    assert names(owner, "own_visits=7", clinic) == ["noa"]


# ---- listed


def test_lists_filter_sort_and_group_by_it(owner, clinic, insurer, visits):
    people = clinic.customers
    fill(owner, people["noa"], own_visits="7", own_insurer="clalit")
    fill(owner, people["yosef"], own_visits="12.5", own_insurer="maccabi")
    fill(owner, people["eleni"], own_visits="3")

    assert names(owner, "own_visits.under=7&sort=own_visits", clinic) == ["eleni", "noa"]
    assert names(owner, "sort=-own_visits", clinic)[:3] == ["yosef", "noa", "eleni"]
    assert names(owner, "own_insurer=maccabi", clinic) == ["yosef"]
    assert set(names(owner, "own_insurer.empty=yes", clinic)) == {"eleni", "orchard"}
    by_insurer = ask(
        CUSTOMERS, owner, [("group", "own_insurer"), ("cols", "own_visits")], today=TODAY
    )
    groups = grouped(by_insurer, owner, today=TODAY).groups
    assert [(group.label, group.count) for group in groups] == [
        ("Clalit", 1), ("Maccabi", 1), ("", 2),
    ]  # fmt: skip


def test_several_of_a_choice_are_found_by_any_of_them(owner, clinic):
    made(owner, "Interests", Type.MANY, choices=[{"en": "Art"}, {"en": "Golf"}])
    fill(owner, clinic.customers["noa"], own_interests=["art", "golf"])
    fill(owner, clinic.customers["yosef"], own_interests=["golf"])

    assert set(names(owner, "own_interests=golf", clinic)) == {"noa", "yosef"}
    assert names(owner, "own_interests=art", clinic) == ["noa"]
    wanted = ask(CUSTOMERS, owner, [("group", "own_interests")], today=TODAY)
    counts = {group.key: group.count for group in grouped(wanted, owner, today=TODAY).groups}
    assert counts == {"art": 1, "golf": 2, "none": 2}


def test_who_is_not_cleared_has_no_such_field(owner, clinic):
    made(owner, "Diagnosis", classification="health")
    fill(owner, clinic.customers["noa"], own_diagnosis="Canary")
    receptionist = clinic.actor("receptionist")

    unread = ask(CUSTOMERS, receptionist, [("own_diagnosis.has", "Canary")], today=TODAY)
    assert unread.unread == ("own_diagnosis.has",)
    assert rows_of(unread, receptionist, today=TODAY).count() == 3
    with pytest.raises(AccessDenied):
        fill(receptionist, clinic.customers["noa"], own_diagnosis="x")


# ---- beside the lists


def test_search_finds_its_words_for_those_who_may_read_them(owner, clinic):
    made(owner, "Diagnosis", classification="health")
    made(owner, "Nickname")
    fill(owner, clinic.customers["noa"], own_diagnosis="Penicillin", own_nickname="Nunu")

    def found(who, words):
        return [hit.pk for hit in find(clinic.actor(who), words)]

    noa = clinic.customers["noa"].pk
    assert noa in found("owner", "penicillin")
    assert noa in found("receptionist", "nunu")
    assert found("receptionist", "penicillin") == []


def test_the_history_tells_a_change_to_those_who_may_read_it(owner, clinic, insurer):
    made(owner, "Diagnosis", classification="health")
    noa = fill(owner, clinic.customers["noa"], own_diagnosis="Canary", own_insurer="clalit")

    def told(who):
        rows = list(Changes().rows(clinic.actor(who), noa).order_by("-pk"))
        edits = Changes().drawn(clinic.actor(who), rows)
        return [(f.label, f.before, f.after) for edit in edits for f in edit.fields]

    assert set(told("owner")) == {("Diagnosis", "", "Canary"), ("Insurer", "", "Clalit")}
    assert told("receptionist") == [("Insurer", "", "Clalit")]


def test_a_merger_fills_what_the_survivor_lacks_and_parting_gives_it_back(owner, clinic, visits):
    made(owner, "Nickname")
    noa, yosef = clinic.customers["noa"], clinic.customers["yosef"]
    fill(owner, noa, own_visits="7", own_nickname="Nunu")
    fill(owner, yosef, own_visits="9")

    merger = merge_customers(by=owner, survivor=yosef, others=[noa])
    assert Customer.objects.get(pk=yosef.pk).own == {"s1": "9", "s2": "Nunu"}
    assert names(owner, "own_nickname=nunu", clinic) == ["yosef"]

    unmerge_customers(by=owner, merger=merger)
    assert Customer.objects.get(pk=yosef.pk).own == {"s1": "9"}
    assert Customer.objects.get(pk=noa.pk).own == {"s1": "7", "s2": "Nunu"}
    assert names(owner, "own_nickname=nunu", clinic) == ["noa"]
