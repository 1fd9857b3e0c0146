"""The page of those who may be here twice: what it shows to whom, and what can be done there."""

from dataclasses import replace

import pytest
from django.urls import reverse

from kesher.core.access import SYSTEM, Scope
from kesher.core.job_models import Job
from kesher.core.undo import undo_batch
from kesher.customers.alike import alike_to, alikes, groups_of, of_level, safe_groups
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.comparing import compare_waiting, key_waiting
from kesher.customers.commands.tying import NewTie, add_ties
from kesher.customers.models import Alike, Apart, Customer
from kesher.web.customers import merge_work

PAGE = "/customers/duplicates/"


def add(clinic, name, **more):
    new = NewCustomer(name=name, **{"branches": [clinic.haifa], **more})
    return add_customer(by=SYSTEM, customer=new)


def compare():
    while key_waiting(by=SYSTEM, limit=100):
        pass
    while compare_waiting(by=SYSTEM, limit=100):
        pass


@pytest.fixture
def twins(clinic):
    """Yosef Cohen of Haifa for a second time, in another script."""
    other = add(clinic, "Yosef Cohen", phones=["054-7654321"], city="Haifa")
    compare()
    return clinic.customers["yosef"], other


def page(client, **asked):
    return client.get(PAGE, asked).content.decode()


def test_shows_the_pair_with_its_reasons_and_both_values(as_member, twins):
    shown = page(as_member("manager"))

    assert "same telephone" in shown
    assert "two forms of one first name" in shown
    assert f"?ids={twins[0].pk},{twins[1].pk}" in shown


def test_who_does_not_see_both_learns_of_neither(clinic, as_member):
    add(clinic, "Yosef Cohen", phones=["054-7654321"], branches=[clinic.eilat])
    compare()
    assert of_level(SYSTEM, "safe").count() == 1

    shown = page(as_member("manager"))

    assert "Yosef Cohen" not in shown
    assert 'class="n">1<' not in shown.replace("\n", "")
    assert alike_to(clinic.actor("manager"), clinic.customers["yosef"]) == []


@pytest.mark.parametrize(
    "cleared, seen", [({"contact"}, 1), ({"contact", "personal"}, 1), ({"personal"}, 0), (set(), 0)]
)
def test_who_may_not_read_telephones_learns_nothing_by_them(clinic, twins, cleared, seen):
    actor = replace(clinic.actor("owner"), clearances=frozenset({"open", *cleared}))

    assert alikes(actor).count() == seen


def test_not_the_same_is_remembered_and_can_be_taken_back(as_member, twins):
    client = as_member("manager")
    address = f"{reverse('duplicates-apart')}?ids={twins[0].pk},{twins[1].pk}"

    client.post(address)
    assert alikes(SYSTEM).count() == 0
    compare()
    assert "same telephone" not in page(client)

    client.post(f"{address}&back=1")
    assert alikes(SYSTEM).count() == 1
    assert not Apart.objects.exists()


def test_somebody_out_of_sight_is_not_told_apart(clinic, as_member, twins):
    address = f"{reverse('duplicates-apart')}?ids={twins[0].pk},{clinic.customers['eleni'].pk}"

    assert as_member("manager").post(address).status_code == 404


def test_those_who_are_tied_to_each_other_are_two(twins):
    add_ties(by=SYSTEM, ties=[NewTie(customer=twins[0], other=twins[1], role="sibling")])

    assert alikes(SYSTEM).count() == 0


def test_the_customers_page_says_who_he_may_be(as_member, twins):
    shown = as_member("manager").get(f"/customers/{twins[0].pk}/").content.decode()

    assert "May be the same as" in shown
    assert "Yosef Cohen" in shown


def pair(a, b, score, **more):
    one, other = sorted((a.pk, b.pk))
    said = {"level": "safe", "is_strong": True} | more
    return Alike.objects.create(customer_id=one, other_id=other, score=score, **said)


@pytest.fixture
def three(clinic):
    people = [add(clinic, name) for name in ("Ann Vale", "Bob Marsh", "Cleo Thorne")]
    compare()
    Alike.objects.all().delete()
    return people


def grouped():
    return sorted(sorted(group.numbers) for group in groups_of(SYSTEM, of_level(SYSTEM, "safe")))


def test_three_who_are_all_alike_are_one_group(three):
    a, b, c = three
    pair(a, b, 0.99), pair(b, c, 0.95), pair(a, c, 0.9)

    assert grouped() == [[a.pk, b.pk, c.pk]]


@pytest.mark.parametrize("third", [None, {"level": "possible"}, {"is_strong": False}])
def test_a_chain_with_strangers_at_its_ends_is_no_group(three, third):
    a, b, c = three
    pair(a, b, 0.99), pair(b, c, 0.95)
    if third:
        pair(a, c, 0.3, **third)

    assert [a.pk, b.pk, c.pk] not in grouped()
    assert [sorted(group.numbers) for group in safe_groups(SYSTEM)] == []


def test_a_chain_at_the_top_does_not_hide_who_stands_below(clinic, three):
    a, b, c = three
    pair(a, b, 0.99), pair(b, c, 0.98)
    below = add(clinic, "Dot Quill"), add(clinic, "Eve Rand")
    pair(*below, 0.9)

    (group,) = safe_groups(SYSTEM, most=2)
    assert sorted(group.numbers) == sorted(one.pk for one in below)


def merge_all(client):
    client.post(f"{PAGE}merging/")
    held = Job.objects.get(name="merge")
    return held, lambda by: merge_work.merge_safe.func(
        held.key, {"member": by.pk, "language": "en"}
    )


def test_all_safe_ones_become_one_and_come_apart_again(clinic, as_member, twins):
    held, work = merge_all(as_member("manager"))
    work(clinic.members["manager"])
    held.refresh_from_db()

    assert (held.state, held.done, held.total) == (Job.State.DONE, 1, 1)
    assert list(Customer.objects.filter(pk__in=[one.pk for one in twins])) == [twins[0]]
    work(clinic.members["manager"])

    undo_batch(by=clinic.actor("manager"), batch=held.key)
    assert Customer.objects.filter(pk__in=[one.pk for one in twins]).count() == 2


def test_the_work_can_be_cancelled(clinic, as_member, twins):
    client = as_member("manager")
    held, work = merge_all(client)
    held.begin()
    client.post(reverse("list-work-cancel", args=[held.key]))
    work(clinic.members["manager"])
    held.refresh_from_db()

    assert held.state == Job.State.CANCELLED
    assert Customer.objects.filter(pk=twins[1].pk).exists()


def test_whom_one_may_not_merge_is_left(clinic, twins):
    actor = clinic.actor("manager")
    grants = dict(actor.grants) | {("customers.customer", "merge"): Scope.OWN}

    assert len(safe_groups(actor)) == 1
    assert safe_groups(replace(actor, grants=grants)) == []


def test_the_preview_says_what_would_be_done(as_member, twins):
    shown = as_member("manager").get(f"{PAGE}merging/").content.decode()

    assert "1 pair is safe" in shown
    assert "Yosef Cohen" in shown


def test_takes_as_many_queries_for_many_as_for_one(
    clinic, as_member, twins, django_assert_max_num_queries
):
    client = as_member("manager")
    page(client)
    for number in range(4):
        add(clinic, f"Petra Vance{number}", phones=[f"03-444444{number}"])
        add(clinic, f"Πέτρα Vance{number}", phones=[f"03-444444{number}"])
    compare()

    with django_assert_max_num_queries(30):
        page(client)
