"""A business in which everything is odd that can be, and a model of what it holds without numbers."""

import datetime
from decimal import Decimal

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.billing.models import Purchase, PurchaseSummary
from kesher.catalog.commands.adding import NewProduct, add_whole_products
from kesher.catalog.models import Product
from kesher.core.access import SYSTEM
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.commands.leaving import archive
from kesher.customers.commands.tying import NewTie, add_ties
from kesher.customers.models import Customer, CustomerContact, Tie
from kesher.customers.points import Address, read_point
from kesher.engagement.commands.forbidding import NewEntry, forbid_contacts
from kesher.engagement.commands.tasks import NewTask, finish_task, plan_tasks
from kesher.engagement.commands.touching import NewTouch, record_touches
from kesher.engagement.models import DoNotContact, Task, Touch

UTC = datetime.UTC
THEN = datetime.datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
DAY = datetime.date(2026, 2, 1)
NAMES = [
    ("נועה", "שלו"), ("Ελένη", "Παπαδοπούλου"), ("Dana", "O'Neil"), ("=HYPERLINK(1)", "+cmd|x"),
    ("-", "NULL"), ("N/A", ""), ("@sum", "— "), ("'quoted", '"Rini" Cohen'), ("'=x", "'NULL"),
    ('בע"מ', "5,000"), ("1.5E+10", "00/00/0000"), ("a;b", "c | d"), ("Total", "12"),
    ("ΣΊΣΥΦΟΣ", "ς"), ("Null", "True"),
]  # fmt: skip
TAGS = ["VIP, gold", "a;b", '"quoted"', "=1+1", "new", "x | y", "-", "שלום; עולם"]


def fill(clinic):
    """Customers, ties, purchases, history and plans, through the commands."""
    haifa, eilat = clinic.haifa, clinic.eilat
    agent, dentist = clinic.members["agent"], clinic.members["dentist"]
    people = [
        NewCustomer(
            first_name=first, last_name=last, reference="" if at % 3 else f"R-{at}",
            branches=[haifa, eilat] if at % 2 else [haifa], owner=agent if at % 4 == 1 else None,
            phones=["+972-3-555-1111", f"052-55512{at:02}", "03 555 1111 שלוחה 5"][: at % 4],
            emails=[f"Some.One+{at}@Example.test"] * (at % 2), tags=TAGS[: at % 9],
            city=["", "Haifa", "תל אביב"][at % 3], language=["", "he", "el"][at % 3],
            birth_on=DAY.replace(year=1950 + at) if at % 2 else None,
            about=["", "first\nsecond\n\n=third", "-", "+972"][at % 4], source=["", "=web, old"][at % 2],
            stage=["prospect", "steady", "left"][at % 3], since_on=DAY if at % 5 == 0 else None,
            gender=["", "f", "m"][at % 3], preferred_channel=["", "whatsapp", "phone"][at % 3],
        )
        for at, (first, last) in enumerate(NAMES)
    ]  # fmt: skip
    people += [
        NewCustomer(first_name="Same", last_name="Name"),
        NewCustomer(first_name="Same", last_name="Name"),
        NewCustomer(kind="organisation", name="=Northpoint, Ltd", faxes=["04-8112233"]),
        NewCustomer(kind="organisation", name="=Northpoint, Ltd", reference="NULL"),
        NewCustomer(kind="household", name="משפחת שלו", messengers=["@shalev", "a, b"]),
        NewCustomer(first_name="Many", last_name="Homes", city="Acre", addresses=[
            Address(street="Herzl 5", city="Haifa", postcode="31000", country="IL"),
            Address(raw="behind the bakery, second floor"),
            Address(street="Ερμού 1", city="Αθήνα", raw="ask at the kiosk, Ερμού 1"),
        ], phones=["*2700", "03-1234567 / 8", "052-1234567 or 052-7654321"]),
    ]  # fmt: skip
    made = add_customers(by=SYSTEM, customers=people)
    archive(by=SYSTEM, customers=made[3:5], now=THEN)
    north, south, home = made[17], made[18], made[19]
    ties = [
        NewTie(customer=made[0], other=north, role="employee", title="=Buyer", starts_on=DAY),
        NewTie(customer=made[1], other=south, role="employee"),
        NewTie(customer=made[0], other=south, role="employee", ends_on=DAY, title="Clerk"),
        NewTie(customer=made[0], other=home, role="member"),
        NewTie(customer=made[1], other=home, role="member", starts_on=DAY),
        NewTie(customer=made[2], other=made[0], role="parent"),
        NewTie(customer=made[0], other=made[2], role="payer", title="-"),
        NewTie(customer=made[15], other=made[16], role="spouse"),
    ]
    add_ties(by=SYSTEM, ties=ties)
    _buy(made)
    _sell_and_leave_alone()
    _tell(made, agent, dentist, eilat)
    return made


def _buy(made):
    twice = {
        "customer_id": made[0].pk,
        "bought_on": DAY,
        "amount": Decimal("12.50"),
        "product": "Tea",
    }
    lines = [
        NewPurchase(**twice), NewPurchase(**twice),
        NewPurchase(customer_id=made[1].pk, bought_on=DAY, amount=Decimal(0), product="=gift"),
        NewPurchase(customer_id=made[1].pk, bought_on=DAY, amount=Decimal("-3.10")),
        NewPurchase(customer_id=made[16].pk, bought_on=DAY, amount=Decimal("123456789.01"),
                    quantity=Decimal("1.125"), product='Say "ah", please; now'),
        NewPurchase(customer_id=made[2].pk, bought_on=DAY, amount=Decimal("1000"),
                    quantity=Decimal("1200")),
    ]  # fmt: skip
    record_purchases(by=SYSTEM, purchases=lines)


def _sell_and_leave_alone():
    add_whole_products(by=SYSTEM, products=[
        NewProduct(name="=Crown; gold", code="-1", unit="'pc", description="a\n=b",
                   prices={DAY: Decimal("1234.500"), DAY.replace(year=2027): Decimal(0)}),
        NewProduct(name="נרתיק", code="00123", prices={DAY: Decimal("9.90")}),
        NewProduct(name="Never priced", description="-"),
    ])  # fmt: skip
    forbid_contacts(by=SYSTEM, entries=[
        NewEntry(point=read_point("phone", "052-555 1200", "IL"), since_on=DAY, reason="=asked",
                 until_on=DAY.replace(year=2030)),
        NewEntry(point=read_point("email", "Leave.Me@Example.test", "IL"), since_on=DAY,
                 forbids="messages", origin="a register, of 2026"),
    ])  # fmt: skip


def _tell(made, agent, dentist, eilat):
    touches = [
        NewTouch(customer=made[0], channel="call", happened_at=THEN, text="a\n\n\"b\", =c\n-d",
                 direction="in", minutes_length=0, member=agent, outcome="Said yes, perhaps"),
        NewTouch(customer=made[1], channel="note", happened_at=THEN, text="=2+2"),
        NewTouch(customer=made[2], channel="visit", happened_at=THEN, branch=eilat),
        NewTouch(customer=made[1], channel="note", happened_at=THEN, text="=2+2"),
        NewTouch(customer=made[16], channel="email", happened_at=THEN, subject="-", member=dentist,
                 classification="health"),
    ]  # fmt: skip
    record_touches(by=SYSTEM, touches=touches, now=datetime.datetime.now(UTC))
    tasks = [
        NewTask(title="=call him", customer=made[1], kind="call", due_on=DAY, owner=agent,
                due_time=datetime.time(9, 5), note="first\nsecond"),
        NewTask(title="Order tea"), NewTask(title="Order tea"),
        NewTask(title="was done", customer=made[2]),
    ]  # fmt: skip
    planned = plan_tasks(by=SYSTEM, tasks=tasks)
    finish_task(by=SYSTEM, task=planned[-1], now=THEN)


def held(*, numbers):
    """All that a business holds, without the numbers of rows; `numbers` says who is who."""

    def who(row):
        return numbers(row) if row else None

    return {
        "customers": [
            (who(c), c.kind, c.first_name, c.last_name, c.name, c.sort_name, c.gender, c.birth_on,
             c.language, c.phone, c.email, c.city, c.preferred_channel, c.stage, c.since_on,
             c.about, c.archived_at, str(c.source or ""), c.owner and c.owner.email,
             sorted(t.name for t in c.tags.all()), sorted(b.name for b in c.branches.all()))
            for c in Customer.objects.filter(binned_at=None).order_by("pk")
        ],
        "contacts": [
            (who(u.customer), u.point.kind, u.point.normal, u.raw, u.rank, u.point.extension,
             u.point.street, u.point.city, u.point.postcode, u.point.country)
            for u in CustomerContact.objects.filter(customer__binned_at=None)
            .select_related("point", "customer").order_by(
                "customer", "point__kind", "rank")
        ],
        "ties": [
            (who(t.customer), t.role, who(t.other), t.title, t.starts_on, t.ends_on)
            for t in Tie.objects.order_by("pk")
        ],
        "purchases": [
            (who(p.customer), p.bought_on, p.amount, p.currency, p.quantity, str(p.product or ""))
            for p in Purchase.objects.order_by("pk")
        ],
        "sums": [
            (who(s.customer), s.currency, s.count, s.total, s.first_on, s.last_on)
            for s in PurchaseSummary.objects.exclude(count=0, total=0).order_by("customer")
        ],
        "touches": [
            (who(t.customer), t.channel, t.direction, t.happened_at, t.subject, t.text, t.outcome,
             t.minutes_length, t.classification, t.member and t.member.email, str(t.branch or ""))
            for t in Touch.objects.filter(binned_at=None).order_by("pk")
        ],
        "tasks": [
            (who(t.customer), t.kind, t.title, t.note, t.due_on, t.due_time, t.state, t.done_at,
             t.owner and t.owner.email, str(t.branch or ""))
            for t in Task.objects.exclude(state="dropped").order_by("pk")
        ],
        "products": [
            (p.name, p.code, p.unit, p.description, p.price, p.currency,
             [(c.valid_from, c.amount, c.currency) for c in p.prices.order_by("valid_from")])
            for p in Product.objects.filter(archived_at=None).order_by("name")
        ],
        "bans": [
            (b.kind, b.normal, b.raw, b.forbids, b.reason, b.origin, b.since_on, b.until_on)
            for b in DoNotContact.objects.filter(lifted_at=None).order_by("pk")
        ],
    }  # fmt: skip
