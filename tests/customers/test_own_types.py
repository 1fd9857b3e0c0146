"""Another type for a field that is in use: tried, done in steps, cancelled, taken back."""

import pytest

from kesher.core.jobs import cancel_job
from kesher.core.models import Job
from kesher.core.own import converting
from kesher.core.own.catalogue import own_field
from kesher.core.own.commands import NewOwnField, add_own_field
from kesher.core.own.converting import (
    cancel_own_type,
    change_own_type,
    convert_own_values,
    target_of,
    try_own_type,
    undo_own_type,
)
from kesher.core.own.models import OwnField
from kesher.customers.commands.changing import change_customer
from kesher.customers.models import Customer, CustomerOwnValue

SAID = {"noa": "42", "eleni": "43,5", "yosef": "big"}


@pytest.fixture
def owner(clinic):
    return clinic.actor("owner")


@pytest.fixture
def size(owner, clinic):
    new = NewOwnField(kind="customers", labels={"en": "Size"})
    made = add_own_field(by=owner, new=new)
    for name, said in SAID.items():
        fill(owner, clinic, name, said)
    return made


def fill(owner, clinic, name, said):
    customer = clinic.customers[name]
    return change_customer(by=owner, customer=customer, values={"own_size": said})


def kept(clinic, name="noa"):
    return Customer.objects.get(pk=clinic.customers[name].pk).own


def begun(owner, size):
    wanted = target_of(size, "number")
    return change_own_type(by=owner, own_field=size, wanted=wanted)


def test_a_trial_says_what_would_fit_and_what_would_not(owner, size):
    trial = try_own_type(owner, size, target_of(size, "number"))

    assert (trial.fits, trial.fails, trial.is_whole) == (2, 1, True)
    assert trial.fitting == [("42", "42"), ("43,5", "43.5")]
    assert trial.failing == ["big"]
    assert OwnField.objects.get().type == "text"


def test_values_are_converted_and_found_under_the_new_type(owner, clinic, size):
    work = begun(owner, size)
    assert own_field("customers", "own_size").type == "text"  # until it is done

    convert_own_values.func(size.pk, work.key)

    assert own_field("customers", "own_size").type == "number"
    assert kept(clinic, "eleni") == {"s1": "43,5", "s2": "43.5"}
    numbers = CustomerOwnValue.objects.filter(slot=2).order_by("number")
    assert [float(number) for number in numbers.values_list("number", flat=True)] == [42, 43.5]


def test_what_is_written_meanwhile_is_not_lost(owner, clinic, size, monkeypatch):
    monkeypatch.setattr(converting, "STEP", 1)
    work = begun(owner, size)
    one = OwnField.objects.get()
    steps = converting._steps(one, 0)
    next(steps)  # Noa's is converted by now
    steps.close()
    fill(owner, clinic, "noa", "50")

    convert_own_values.func(size.pk, work.key)

    assert kept(clinic) == {"s1": "50", "s2": "50"}


def test_cancelled_half_way_nothing_is_lost(owner, clinic, size, monkeypatch):
    monkeypatch.setattr(converting, "STEP", 1)
    work = begun(owner, size)
    cancel_job(by=owner, job=work)
    Job.objects.filter(pk=work.pk).update(state="running", finished_at=None)

    convert_own_values.func(size.pk, work.key)

    assert Job.objects.get(pk=work.pk).state == "cancelled"
    assert own_field("customers", "own_size").type == "text"
    assert {name: kept(clinic, name)["s1"] for name in SAID} == SAID
    again = begun(owner, OwnField.objects.get())
    assert OwnField.objects.get().next["slot"] == 3  # what was begun is left behind
    convert_own_values.func(size.pk, again.key)
    assert own_field("customers", "own_size").type == "number"


def test_a_crash_goes_on_where_it_was(owner, clinic, size):
    work = begun(owner, size)
    Job.objects.filter(pk=work.pk).update(result={"last": clinic.customers["noa"].pk})

    convert_own_values.func(size.pk, work.key)

    assert "s2" not in kept(clinic)  # done before the crash, says the job
    assert kept(clinic, "eleni")["s2"] == "43.5"


def test_only_one_change_of_type_at_a_time(owner, size):
    begun(owner, size)

    with pytest.raises(converting.BeingChanged):
        begun(owner, OwnField.objects.get())
    cancel_own_type(by=owner, own_field=OwnField.objects.get())
    assert OwnField.objects.get().next is None


def test_the_type_before_comes_back_with_all_it_held_and_what_was_written_since(
    owner, clinic, size
):
    convert_own_values.func(size.pk, begun(owner, size).key)
    fill(owner, clinic, "noa", "44")

    undo_own_type(by=owner, own_field=OwnField.objects.get())

    one = own_field("customers", "own_size")
    assert one.type == "text"
    assert {name: kept(clinic, name)["s1"] for name in SAID} == SAID | {"noa": "44"}


def test_words_become_choices_and_choices_words(owner, clinic, size):
    wanted = target_of(size, "choice", [{"en": "Big"}, {"en": "42"}])
    convert_own_values.func(size.pk, change_own_type(by=owner, own_field=size, wanted=wanted).key)
    assert (kept(clinic)["s2"], kept(clinic, "yosef")["s2"]) == ("42", "big")

    one = OwnField.objects.get()
    work = change_own_type(by=owner, own_field=one, wanted=target_of(one, "text"))
    convert_own_values.func(size.pk, work.key)
    assert kept(clinic, "yosef")["s3"] == "Big"
