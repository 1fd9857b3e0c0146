"""Clearing takes the demo and nothing else: what somebody began in earnest is there as before."""

from decimal import Decimal

from django.apps import apps
from django.core.management import call_command

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.billing.models import Purchase, PurchaseSummary
from kesher.core.access import SYSTEM
from kesher.core.models import Change, EventRecord, SearchEntry
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.tying import NewTie, add_ties
from kesher.customers.commands.wishing import note_wish
from kesher.customers.models import ContactPoint, Customer, Tag, Tie
from kesher.demo import loading
from kesher.demo.clearing import clear, is_loaded
from kesher.demo.treatments import SERVICES
from kesher.engagement.commands.tasks import NewTask, plan_task
from kesher.engagement.commands.touching import NewTouch, record_touch
from kesher.engagement.models import Task, Touch
from kesher.organization.commands.staff import add_member
from kesher.organization.models import Branch, Business, Member, Role
from kesher.organization.queries import actor_of
from tests.demo.conftest import NOW
from tests.people import open_clinic

CHECK_UP = SERVICES["checkup"].name
LEFT_ALONE = {"core.schedule", "core.workerbeat", "core.job"}


def rows():
    """How many rows every table of ours holds."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("kesher.")]
    return {
        model._meta.label_lower: model._default_manager.count()
        for model in ours
        if model._meta.label_lower not in LEFT_ALONE
    }


def boss():
    owner = Member.objects.select_related("role").get(email="orly@demo.kesher")
    return actor_of(owner)


def hire(email="real@clinic.test", role="owner"):
    return add_member(
        by=boss(), name="Rita Real", email=email, role=Role.objects.get(key=role),
        branches=list(Branch.objects.all()), password="a long real password",
    )  # fmt: skip


def test_nothing_is_left_where_nothing_else_was(demo):
    assert is_loaded()

    cleared = clear()

    assert {table: n for table, n in rows().items() if n} == {}
    assert cleared.kept == []
    assert cleared.removed["customers"] == demo["customers"]
    assert not is_loaded()
    assert loading.load(now=NOW) == demo  # and it can be loaded anew


def test_a_real_business_keeps_all_of_its_own(demo):
    real = hire()
    by = actor_of(Member.objects.select_related("role").get(pk=real.pk))
    branch = Branch.objects.first()
    customer = add_customer(
        by=by,
        customer=NewCustomer(
            first_name="Ronit", last_name="Real", phones=["052-6473190"], tags=["VIP", "Own"],
            branches=[branch], owner=real,
        ),
    )  # fmt: skip
    record_touch(
        by=by, touch=NewTouch(customer=customer, channel="note", happened_at=NOW, text="x"), now=NOW
    )
    plan_task(by=by, task=NewTask(title="Call her", customer=customer, owner=real))
    line = NewPurchase(
        customer_id=customer.pk, bought_on=NOW.date(), amount=Decimal(50), product=CHECK_UP
    )
    record_purchases(by=by, purchases=[line])
    before = _of(customer)

    cleared = clear()

    assert _of(customer) == before
    assert list(Customer.objects.all()) == [customer]
    assert list(Member.objects.all()) == [real]
    assert (Business.objects.get().is_demo, Role.objects.count()) == (False, 7)
    assert Branch.objects.get(pk=branch.pk).is_demo is False
    assert sorted(customer.tags.values_list("name", flat=True)) == ["Own", "VIP"]
    assert list(Tag.objects.values_list("name", flat=True)) == ["Own", "VIP"]
    assert Purchase.objects.get().product.name == CHECK_UP
    assert SearchEntry.objects.filter(record_id=customer.pk, kind="customer").exists()
    assert cleared.removed["customers"] == demo["customers"]


def _of(customer):
    """All that is kept of a customer."""
    return (
        Customer.objects.filter(pk=customer.pk).values().get(),
        sorted(customer.contacts.values_list("point__normal", flat=True)),
        list(Touch.objects.filter(customer=customer).values()),
        list(Task.objects.filter(customer=customer).values()),
        list(Purchase.objects.filter(customer=customer).values()),
        list(PurchaseSummary.objects.filter(customer=customer).values()),
        list(Change.objects.filter(kind="customers.customer", record_id=customer.pk).values()),
        list(EventRecord.objects.filter(record_id=customer.pk, kind="customers.customer").values()),
    )


def test_a_demo_customer_of_whom_something_real_is_known_stays_whole(demo):
    hire()
    some = list(Customer.objects.filter(kind="person", purchases__isnull=False).distinct()[:5])
    note, task, bought, tied, wished = some
    note_wish(by=boss(), customer=wished, text="real", on=NOW.date())
    touch = NewTouch(customer=note, channel="note", happened_at=NOW, text="real")
    record_touch(by=SYSTEM, touch=touch, now=NOW)
    plan_task(by=SYSTEM, task=NewTask(title="real", customer=task))
    line = NewPurchase(customer_id=bought.pk, bought_on=NOW.date(), amount=Decimal(1))
    record_purchases(by=SYSTEM, purchases=[line])
    friend = add_customer(by=SYSTEM, customer=NewCustomer(first_name="Real"))
    add_ties(by=SYSTEM, ties=[NewTie(customer=friend, other=tied, role="other")])
    history = {one.pk: Touch.objects.filter(customer=one).count() for one in some}

    cleared = clear()

    assert set(Customer.objects.all()) == {*some, friend}
    assert not Customer.objects.filter(is_demo=True).exists()
    assert {one.pk: Touch.objects.filter(customer=one).count() for one in some} == history
    assert Tie.objects.filter(customer=friend, other=tied).exists()
    assert [str(sentence) for sentence in cleared.kept] == [
        "Kept 5 customers of the demo: real records hang on them."
    ]
    assert PurchaseSummary.objects.get(customer=bought).count == Purchase.objects.filter(
        customer=bought, amount__gte=0
    ).count()  # fmt: skip


def test_real_records_never_lose_their_last_owner(demo):
    customer = add_customer(by=SYSTEM, customer=NewCustomer(first_name="Real"))

    cleared = clear()

    assert list(Customer.objects.all()) == [customer]
    assert [m.email for m in Member.objects.all()] == ["orly@demo.kesher"]
    assert Business.objects.exists()
    assert "Invite a real owner" in str(cleared.kept[0])

    hire()
    assert [str(s) for s in clear().kept] == []
    assert [m.email for m in Member.objects.all()] == ["real@clinic.test"]
    assert list(Customer.objects.all()) == [customer]


def test_a_shared_number_stays_with_whoever_is_real(demo):
    shared = ContactPoint.objects.filter(kind="phone").first()
    customer = add_customer(by=SYSTEM, customer=NewCustomer(first_name="Real", phones=[shared.raw]))
    assert customer.contacts.get().point == shared

    clear()

    assert customer.contacts.get().point == shared
    assert list(ContactPoint.objects.all()) == [shared]


def test_clearing_twice_is_no_error(demo, capsys):
    clear()

    assert clear().removed == {}
    call_command("demo", "clear")
    assert "nothing was there" in capsys.readouterr().out


def test_without_a_demo_nothing_happens(db):
    open_clinic()
    before = rows()

    clear()

    assert rows() == before
