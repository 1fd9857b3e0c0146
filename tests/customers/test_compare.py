"""Who may be here twice: found after every write, again each night, and gone when it is not so."""

import datetime

import pytest

from kesher.core.access import SYSTEM
from kesher.core.job_models import Job
from kesher.core.jobs import cancel_job
from kesher.core.undo import undo_batch
from kesher.customers import jobs
from kesher.customers.commands.adding import NewCustomer, add_customer, add_customers
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.comparing import (
    compare_anew,
    compare_waiting,
    count_names,
    key_waiting,
)
from kesher.customers.commands.contacts import set_contacts
from kesher.customers.commands.leaving import bin_customers, restore
from kesher.customers.commands.merging import merge_customers
from kesher.customers.duplicates import Typed, look_alikes
from kesher.customers.match_keys import key_rows
from kesher.customers.match_pairs import names_are_counted
from kesher.customers.match_records import known_customers
from kesher.customers.models import Alike, Customer, MatchDue, MatchKey, NameCount

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


def compare():
    while key_waiting(by=SYSTEM, limit=100):
        pass
    while compare_waiting(by=SYSTEM, limit=100):
        pass


def pairs():
    compare()
    return {(one.customer_id, one.other_id): one.level for one in Alike.objects.all()}


def twin(**more):
    new = NewCustomer(name="Yosef Cohen", phones=["054-7654321"], **more)
    return add_customer(by=SYSTEM, customer=new)


def keys_are_true():
    held = set(MatchKey.objects.values_list("key", "number"))
    numbers = list(Customer.objects.values_list("pk", flat=True))
    return held == set(key_rows(known_customers(numbers).values()))


def test_finds_the_same_person_in_another_script(clinic):
    other = twin()

    assert pairs() == {(clinic.customers["yosef"].pk, other.pk): "safe"}
    (found,) = Alike.objects.all()
    assert (found.is_strong, found.rests_on) == (True, "contact")
    assert {"phone:same", "given:group"} <= set(found.features)


def test_a_pair_that_was_found_keeps_its_day(clinic):
    twin()
    pairs()
    day = Alike.objects.get().found_at
    compare_anew(by=SYSTEM, after=0, limit=100)

    assert Alike.objects.get().found_at == day


WRITES = {
    "another number": lambda one: set_contacts(by=SYSTEM, customer=one, contacts=[]),
    "another name": lambda one: change_customer(
        by=SYSTEM, customer=one, values={"first_name": "Zoe", "last_name": "Markham"}
    ),
    "the bin": lambda one: bin_customers(by=SYSTEM, customers=[one], now=NOW),
    "a merger": lambda one: merge_customers(
        by=SYSTEM, survivor=Customer.objects.exclude(pk=one.pk).get(first_name="יוסף"), others=[one]
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_safe_pair_goes_when_one_of_them_is_written_otherwise(clinic, write):
    one = twin()
    assert "safe" in pairs().values()
    write(one)

    assert keys_are_true()
    assert "safe" not in pairs().values()
    assert keys_are_true()


def test_a_birthday_is_compared_at_once(clinic):
    change_customer(
        by=SYSTEM,
        customer=clinic.customers["yosef"],
        values={"birth_on": datetime.date(1980, 5, 1)},
    )
    twin(birth_on=datetime.date(1999, 5, 1))

    assert "safe" not in pairs().values()


def test_what_comes_out_of_the_bin_is_compared_again(clinic):
    one = twin()
    bin_customers(by=SYSTEM, customers=[one], now=NOW)
    assert not pairs()
    restore(by=SYSTEM, customers=[Customer.objects.get(pk=one.pk)])

    assert list(pairs().values()) == ["safe"]


def test_what_an_undo_brings_back_is_compared_again(clinic):
    one = twin()
    change_customer(
        by=SYSTEM, customer=one, values={"first_name": "Zoe", "last_name": "Markham"}, batch="b"
    )
    assert "safe" not in pairs().values()
    undo_batch(by=SYSTEM, batch="b")

    assert keys_are_true()
    assert list(pairs().values()) == ["safe"]


def test_of_many_taken_in_at_once_a_job_writes_the_keys(clinic):
    add_customers(by=SYSTEM, customers=[NewCustomer(name=f"Petra Vance{n}") for n in range(30)])
    assert not keys_are_true()
    jobs.compare_written_customers.func()

    assert keys_are_true()
    assert not MatchDue.objects.exists()
    assert names_are_counted()


def test_who_is_written_while_he_is_compared_waits_again(clinic):
    compare()
    one = twin()
    key_waiting(by=SYSTEM, limit=10)
    change_customer(by=SYSTEM, customer=one, values={"city": "Haifa"})
    compare_waiting(by=SYSTEM, limit=10)

    assert list(MatchDue.objects.values_list("number", flat=True)) == [one.pk]


def test_neither_names_alone_nor_a_number_alone_are_safe(clinic):
    add_customer(by=SYSTEM, customer=NewCustomer(name="Yosef Cohen"))
    add_customer(by=SYSTEM, customer=NewCustomer(name="?", phones=["054-7654321"]))

    assert "safe" not in pairs().values()


def test_a_company_and_its_manager_are_not_compared(clinic):
    add_customer(
        by=SYSTEM,
        customer=NewCustomer(kind="organisation", name="Yosef Cohen", phones=["054-7654321"]),
    )

    assert not pairs()


def test_any_of_several_numbers_is_enough(clinic):
    new = NewCustomer(name="Yosef Cohen", phones=["03-9999999", "054-7654321"])
    add_customer(by=SYSTEM, customer=new)

    assert list(pairs().values()) == ["safe"]


def test_the_night_goes_on_where_it_was_cut_off(clinic, monkeypatch):
    twin()
    compare()
    Alike.objects.all().delete()
    held = _night(monkeypatch, turns=1)
    assert (held.done, held.state) == (2, Job.State.RUNNING)
    held = _night(monkeypatch, turns=9)

    assert (held.done, held.state) == (5, Job.State.DONE)
    assert Alike.objects.count() == 1


def test_the_night_can_be_cancelled(clinic, monkeypatch):
    held = _night(monkeypatch, turns=1)
    cancel_job(by=SYSTEM, job=held)
    held = _night(monkeypatch, turns=1, key=held.key)

    assert held.state == Job.State.CANCELLED


def _night(monkeypatch, *, turns, key=""):
    """Some turns of two customers each, one after the other as the worker does them."""
    monkeypatch.setattr(jobs, "COMPARED_AT_ONCE", 2)
    monkeypatch.setattr(jobs, "long_work_waits", lambda: True)
    if not key:
        jobs.compare_all_customers.func()
        key = Job.objects.get(name=jobs.EVERYBODY).key
    for _turn in range(turns):
        jobs.compare_on.func(key)
    return Job.objects.get(key=key)


def test_a_name_that_nobody_bears_any_more_is_not_counted(clinic):
    one = add_customer(by=SYSTEM, customer=NewCustomer(name="Zebulon Quist"))
    count_names(by=SYSTEM)
    before = set(NameCount.objects.values_list("name", flat=True))
    bin_customers(by=SYSTEM, customers=[one], now=NOW)
    count_names(by=SYSTEM)

    assert before - set(NameCount.objects.values_list("name", flat=True)) == {"gSPLN", "fKST"}


def test_a_number_of_many_is_warned_of_but_makes_no_pairs(clinic):
    many = [NewCustomer(name=f"Ann{n} Bob{n}", phones=["03-7777777"]) for n in range(40)]
    add_customers(by=SYSTEM, customers=many)

    assert not [level for level in pairs().values() if level == "safe"]
    assert look_alikes(SYSTEM, Typed(phones=["03-7777777"]))
