"""A large business with believable variety, made fast and the same every time."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.core.access import SYSTEM
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.models import Customer
from kesher.engagement.commands.tasks import NewTask, plan_tasks
from kesher.engagement.commands.touching import NewTouch, record_touches
from kesher.organization.commands.founding import found_business
from kesher.organization.commands.staff import add_member
from kesher.organization.models import Branch, Member, Role
from kesher.organization.queries import business

FIRST = (
    "יוסף משה שרה רחל דוד נועה אורי תמר יעל איתן מיכל רון גיל דנה עומר ליאת "
    "Γιώργος Μαρία Ελένη Νίκος Κώστας Σοφία Άννα Δημήτρης Κατερίνα Πέτρος "
    "Yosef Moshe Sarah Rachel David Anna Maria George Helen John Peter Emma Liam Olivia Noah Ruth"
).split()
LAST = (
    "כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן מלכה אזולאי כץ יוסף עמר חדד גבאי "
    "Παπαδόπουλος Γεωργίου Νικολάου Δημητρίου Ιωάννου Αντωνίου Μάρκου Χριστοφόρου "
    "Cohen Levi Mizrahi Peretz Smith Jones Taylor Brown Wilson Evans Papadopoulos Katz Friedman"
).split()
SYLLABLES = "ba be bo da de do ga ka la li lo ma mi mo na ni no ra ri ro sa si so ta ti to".split()
CITIES = ["חיפה", "אילת", "תל אביב", "Λεμεσός", "Αθήνα", "Haifa", "Nicosia", "London"]
STAGES = ["prospect", "new", "growing", "steady", "at_risk", "left"]
TODAY = date(2026, 11, 1)
NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
CHUNK = 5000


def found() -> Member:
    """The business and its owner."""
    return found_business(
        by=SYSTEM, business="Bench", trade="clinic", name="Bench Owner",
        email="owner@bench.test", password="a long bench password", language="en",
    )  # fmt: skip


def places_and_staff() -> tuple[list[Branch], list[Member]]:
    """Four branches and twenty who work there."""
    branches = [Branch.objects.create(name=f"Branch {n}") for n in range(4)]
    staff = [
        add_member(
            by=SYSTEM, name=f"Agent {n}", email=f"agent{n}@bench.test",
            role=Role.objects.get(key="manager"), branches=[branches[n % 4]],
        )
        for n in range(20)
    ]  # fmt: skip
    return branches, staff


def country_and_currency() -> tuple[str, str]:
    """Where telephones are read, and what amounts are in."""
    ours = business()
    return ours.country, ours.currency


def build(size: int) -> Member:
    """Found the business with `size` customers, two touches and a purchase or two each."""
    owner = found()
    branches, staff = places_and_staff()
    dice = random.Random(7)
    for at in range(0, size, CHUNK):
        rows = [_customer(dice, at + n, branches, staff) for n in range(min(CHUNK, size - at))]
        added = add_customers(by=SYSTEM, customers=rows)
        _life(dice, added, staff)
    return owner


def _customer(dice: random.Random, n: int, branches: list, staff: list) -> NewCustomer:
    # Real surnames repeat, but not so that a million people share a few dozen.
    last = (
        dice.choice(LAST) if dice.random() < 0.5 else "".join(dice.choices(SYLLABLES, k=4)).title()
    )
    return NewCustomer(
        first_name=dice.choice(FIRST),
        last_name=last,
        reference=f"B{n:07d}",
        phones=[f"05{dice.randint(2, 8)}-{dice.randint(0, 9_999_999):07d}"],
        emails=[f"{'.'.join(dice.choices(SYLLABLES, k=3))}{n}@example.test"],
        city=dice.choice(CITIES),
        branches=[dice.choice(branches)],
        owner=dice.choice(staff),
        stage=dice.choice(STAGES),
        since_on=TODAY - timedelta(days=dice.randint(0, 3000)),
        birth_on=date(1940, 1, 1) + timedelta(days=dice.randint(0, 25000)),
    )


def _life(dice: random.Random, added: list[Customer], staff: list[Member]) -> None:
    record_touches(by=SYSTEM, touches=list(_touches(dice, added, staff)), now=NOW)
    record_purchases(by=SYSTEM, purchases=list(_purchases(dice, added)))
    plan_tasks(by=SYSTEM, tasks=list(_tasks(dice, added, staff)))


def _touches(dice: random.Random, added: list[Customer], staff: list) -> Iterator[NewTouch]:
    for customer in added:
        for _n in range(2):
            at = datetime(2026, 10, 30, 9, tzinfo=UTC) - timedelta(hours=dice.randint(0, 17000))
            yield NewTouch(
                customer=customer, channel=dice.choice(["call", "note", "visit", "email"]),
                happened_at=at, member=dice.choice(staff), text="Asked about the next visit.",
            )  # fmt: skip


def _purchases(dice: random.Random, added: list[Customer]) -> Iterator[NewPurchase]:
    for customer in added:
        for _n in range(dice.randint(0, 3)):
            yield NewPurchase(
                customer_id=customer.pk, bought_on=TODAY - timedelta(days=dice.randint(0, 900)),
                amount=Decimal(dice.randint(50, 4000)), product=f"Treatment {dice.randint(1, 25)}",
            )  # fmt: skip


def _tasks(dice: random.Random, added: list[Customer], staff: list) -> Iterator[NewTask]:
    for customer in added:
        if dice.random() < 0.3:
            yield NewTask(
                title="Call about the check-up", customer=customer, owner=dice.choice(staff),
                due_on=TODAY + timedelta(days=dice.randint(-30, 60)),
            )  # fmt: skip
