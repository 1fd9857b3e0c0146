"""Who may see which rows and which fields: the four questions, asked of the cast."""

import pytest
from django.utils import timezone

from kesher.core.access import (
    MASK,
    SYSTEM,
    AccessDenied,
    Scope,
    UndeclaredField,
    allows,
    guard,
    may,
    readable,
    require,
    require_kind,
    visible,
)
from kesher.customers.models import Customer, CustomerContact
from kesher.engagement.models import Touch
from kesher.organization.models import Member


def seen(clinic, name, model=Customer):
    return {str(record) for record in visible(clinic.actor(name), model)}


def test_the_owner_sees_all_customers(clinic):
    assert seen(clinic, "owner") == {"נועה שלו", "Ελένη Μάρκου", "יוסף כהן", "Orchard Toys Ltd"}


def test_a_branch_sees_its_own_and_those_served_by_two(clinic):
    assert seen(clinic, "receptionist") == {"נועה שלו", "יוסף כהן", "Orchard Toys Ltd"}
    assert seen(clinic, "eilat") == {"Ελένη Μάρκου", "יוסף כהן"}


def test_own_scope_follows_the_owner(clinic):
    assert seen(clinic, "agent") == {"יוסף כהן"}


def test_a_leaver_sees_nothing(clinic):
    assert seen(clinic, "leaver") == set()


def test_no_grant_means_no_rows(clinic):
    assert not may(clinic.actor("receptionist"), "bin", Customer)
    assert not visible(clinic.actor("receptionist"), Customer, "bin").exists()


def test_what_hangs_on_a_customer_is_seen_with_him(clinic):
    numbers = {str(c.customer) for c in visible(clinic.actor("eilat"), CustomerContact)}

    assert numbers == {"Ελένη Μάρκου", "יוסף כהן"}
    assert CustomerContact.objects.filter(customer=clinic.customers["noa"]).exists()


def test_a_classified_row_is_seen_by_those_cleared(clinic):
    touch = Touch.objects.create(
        customer=clinic.customers["noa"], channel="note", text="Penicillin allergy",
        classification="health", happened_at=timezone.now(), member=clinic.members["dentist"],
    )  # fmt: skip

    assert allows(clinic.actor("dentist"), "view", touch)
    assert not allows(clinic.actor("receptionist"), "view", touch)
    assert not allows(clinic.actor("manager"), "view", touch)


def test_require_names_who_and_what(clinic):
    eleni = clinic.customers["eleni"]

    require(clinic.actor("eilat"), "change", eleni)
    with pytest.raises(AccessDenied):
        require(clinic.actor("receptionist"), "change", eleni)
    with pytest.raises(AccessDenied):
        require_kind(clinic.actor("receptionist"), "export", Customer)


def test_a_guarded_record_masks_what_is_not_cleared(clinic):
    bookkeeper = clinic.actor("owner")
    agent = clinic.actor("agent")
    yosef = clinic.customers["yosef"]

    assert guard(agent, yosef).phone == yosef.phone
    assert guard(agent, yosef).birth_on == MASK
    assert guard(bookkeeper, yosef).birth_on is None
    assert "birth_on" not in readable(agent, Customer)


def test_a_guarded_record_fails_closed(clinic):
    noa = guard(clinic.actor("owner"), clinic.customers["noa"])

    for name in ("delete", "save", "contacts", "_state", "refresh_from_db", "pk_"):
        with pytest.raises(UndeclaredField):
            getattr(noa, name)


def test_nobody_reads_a_password(clinic):
    member = guard(clinic.actor("owner"), clinic.members["owner"])

    assert member.password == MASK
    assert guard(SYSTEM, clinic.members["owner"]).password != MASK


def test_a_linked_record_shows_its_label_only(clinic):
    yosef = Customer.objects.select_related("owner").get(pk=clinic.customers["yosef"].pk)
    owner = guard(clinic.actor("eilat"), yosef).owner

    assert str(owner) == clinic.members["agent"].name
    assert owner.pk == clinic.members["agent"].pk
    with pytest.raises(AttributeError):
        _ = owner.email


def test_a_guarded_list_reads_its_names_once(clinic, django_assert_num_queries):
    actor = clinic.actor("owner")
    readable(actor, Customer)  # what fields there are of the business's own is asked once
    with django_assert_num_queries(1):
        names = [str(customer) for customer in guard(actor, visible(actor, Customer))]
    assert len(names) == 4


def test_the_system_may_everything_and_no_role_is_the_system(clinic):
    assert SYSTEM.scope(Customer, "bin") == Scope.ALL
    assert not any(clinic.actor(name).is_system for name in clinic.members)
    assert visible(SYSTEM, Member).count() == Member.objects.count()
