"""A business of any size, the same every time: written fast, and as the commands would write it.

    BENCH_SIZE=1000000 DATABASE_URL=… python -m bench.million        builds, prints the seconds

Of a thousand customers forty are companies and sixty are households; each has five touches and ten
purchases on the average. `plain` writes the same through the commands: a test compares the two.
What is not written here are the facts that the commands announce.
"""

import os
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.config.settings")
import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, models, transaction  # noqa: E402

from bench import business  # noqa: E402
from kesher.billing.commands.recording import NewPurchase, record_purchases  # noqa: E402
from kesher.billing.models import Purchase, PurchaseSummary  # noqa: E402
from kesher.billing.summary import sums_of  # noqa: E402
from kesher.catalog.commands.adding import add_products  # noqa: E402
from kesher.core.access import SYSTEM  # noqa: E402
from kesher.core.bulk import _is_plain  # noqa: E402
from kesher.core.changes import new_batch, plain  # noqa: E402
from kesher.core.models import Change, SearchEntry  # noqa: E402
from kesher.core.search_entry import COLUMNS as ENTRY_COLUMNS  # noqa: E402
from kesher.core.search_entry import Piece, entry, vocabulary  # noqa: E402
from kesher.core.text import fold  # noqa: E402
from kesher.customers.commands import adding  # noqa: E402
from kesher.customers.commands.adding import NewCustomer, add_customers  # noqa: E402
from kesher.customers.commands.comparing import count_names, key_waiting  # noqa: E402
from kesher.customers.commands.tying import NewTie, add_ties  # noqa: E402
from kesher.customers.match_keys import key_rows  # noqa: E402
from kesher.customers.match_records import Said, known  # noqa: E402
from kesher.customers.models import (  # noqa: E402
    ContactPoint,
    Customer,
    CustomerBranch,
    CustomerContact,
    CustomerTag,
    MatchDue,
    MatchKey,
    Tag,
    Tie,
)
from kesher.customers.points import COLUMNS as POINT_COLUMNS  # noqa: E402
from kesher.engagement.commands.tasks import NewTask, plan_tasks  # noqa: E402
from kesher.engagement.commands.touching import KEPT as KEPT_OF_TOUCH  # noqa: E402
from kesher.engagement.commands.touching import (  # noqa: E402
    NewTouch,
    _usual_direction,
    record_touches,
)
from kesher.engagement.models import CustomerPulse, Task, Touch  # noqa: E402
from kesher.engagement.task_writing import KEPT as KEPT_OF_TASK  # noqa: E402
from kesher.organization.models import Member  # noqa: E402

BLOCK = 1000
FIRMS, HOMES = 40, 60  # of a block; the rest are people
BLOCKS_AT_ONCE = 10  # in one transaction
CHANNELS = ("call", "note", "visit", "email")
TEXTS = ("Asked about the next visit.", "Wanted a price.", "Thanked us.", "Moved the appointment.")
PRODUCTS = tuple(f"Treatment {n}" for n in range(1, 26))
TAGS = ("vip", "early", "insured")
TITLE = "Call about the check-up"


@dataclass
class Life:
    """What happened with one customer."""

    touches: list[tuple[str, datetime, int, str]] = field(default_factory=list)
    purchases: list[tuple[date, Decimal, str]] = field(default_factory=list)
    tasks: list[tuple[date, int]] = field(default_factory=list)
    ties: list[tuple[int, str]] = field(default_factory=list)  # place in the block, role


@dataclass
class World:
    """The business they come to."""

    owner: Member
    branches: list
    staff: list[Member]


# ---- what there is


def blocks(size: int, world: World) -> Iterator[list[tuple[NewCustomer, Life]]]:
    """Everybody and what happened with him, a thousand at a time."""
    dice = random.Random(7)
    for at in range(0, size, BLOCK):
        here = min(BLOCK, size - at)
        yield [(_customer(dice, at, place, world), _life(dice, place, here, world))
               for place in range(here)]  # fmt: skip


def _customer(dice: random.Random, at: int, place: int, world: World) -> NewCustomer:
    new = business._customer(dice, at + place, world.branches, world.staff)
    if place < FIRMS + HOMES:
        new.name = f"{new.last_name} {'Ltd' if place < FIRMS else 'family'} {dice.randint(1, 99)}"
        new.kind = "organisation" if place < FIRMS else "household"
        new.first_name = new.last_name = ""
        new.birth_on = None
        if place >= FIRMS:
            new.phones, new.emails = [], []
    new.tags = [tag for tag in TAGS if dice.random() < 0.06]
    return new


def _life(dice: random.Random, place: int, here: int, world: World) -> Life:
    life = Life()
    for _n in range(dice.randint(3, 7)):
        happened = datetime(2026, 10, 30, 9, tzinfo=UTC) - timedelta(hours=dice.randint(0, 17000))
        life.touches.append((dice.choice(CHANNELS), happened, dice.choice(world.staff).pk,
                             dice.choice(TEXTS)))  # fmt: skip
    for _n in range(dice.randint(0, 20)):
        day = business.TODAY - timedelta(days=dice.randint(0, 900))
        life.purchases.append((day, Decimal(dice.randint(50, 4000)), dice.choice(PRODUCTS)))
    if dice.random() < 0.3:
        day = business.TODAY + timedelta(days=dice.randint(-30, 60))
        life.tasks.append((day, dice.choice(world.staff).pk))
    if place >= FIRMS + HOMES:
        if dice.random() < 0.2:
            life.ties.append((dice.randrange(min(FIRMS, here)), "employee"))
        if dice.random() < 0.3:
            life.ties.append((FIRMS + dice.randrange(HOMES), "member"))
    return life


def found() -> World:
    """The business, its branches and its staff."""
    owner = business.found()
    branches, staff = business.places_and_staff()
    return World(owner, branches, staff)


# ---- by the commands


def plainly(size: int) -> Member:
    """Written as pages and imports write it."""
    world = found()
    staff = {one.pk: one for one in world.staff}
    for block in blocks(size, world):
        added = add_customers(by=SYSTEM, customers=[new for new, _life in block])
        lives = list(zip(added, (life for _new, life in block), strict=True))
        ties = [
            NewTie(customer=one, other=added[place], role=role)
            for one, life in lives for place, role in life.ties
        ]  # fmt: skip
        add_ties(by=SYSTEM, ties=ties)
        touches = [
            NewTouch(customer=one, channel=channel, happened_at=at, member=staff[who], text=text)
            for one, life in lives for channel, at, who, text in life.touches
        ]  # fmt: skip
        record_touches(by=SYSTEM, touches=touches, now=business.NOW)
        purchases = [
            NewPurchase(customer_id=one.pk, bought_on=day, amount=amount, product=product)
            for one, life in lives for day, amount, product in life.purchases
        ]  # fmt: skip
        record_purchases(by=SYSTEM, purchases=purchases)
        tasks = [
            NewTask(title=TITLE, customer=one, owner=staff[who], due_on=day)
            for one, life in lives for day, who in life.tasks
        ]  # fmt: skip
        plan_tasks(by=SYSTEM, tasks=tasks)
    while key_waiting(by=SYSTEM, limit=BLOCK):  # as the job does that follows
        pass
    count_names(by=SYSTEM)
    return world.owner


# ---- fast


def build(size: int) -> Member:
    """Written set-wise, past the commands."""
    world = found()
    writer = Writer()
    waiting: list[list] = []
    with _careless():
        for block in blocks(size, world):
            waiting.append(block)
            if len(waiting) == BLOCKS_AT_ONCE:
                writer.write(waiting)
                waiting = []
        writer.write(waiting)
        writer.finish()
        count_names(by=SYSTEM)
    return world.owner


class _careless:  # noqa: N801 - it stands where a function would
    """SQLite waits for no disk meanwhile: what is lost is built again."""

    def __enter__(self) -> None:
        self._set("OFF", -400_000)

    def __exit__(self, *_error: object) -> None:
        self._set("FULL", -2000)

    def _set(self, synchronous: str, cache: int) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA synchronous={synchronous}")
                cursor.execute(f"PRAGMA cache_size={cache}")


class Writer:
    """Rows of all tables on their way in, with numbers of their own."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], tuple[Sequence[str], list]] = {}
        self.numbers = {
            model: count(_next(model)) for model in (Customer, ContactPoint, Tie, Touch, Task)
        }
        self.points: dict[str, int] = {}  # of telephones, which several may share
        self.words: set[str] = set()
        self.batch = new_batch()
        products = add_products(by=SYSTEM, names=PRODUCTS)
        self.products = {name: one.pk for name, one in products.items()}
        Tag.objects.bulk_create((Tag(name=name) for name in sorted(TAGS)), ignore_conflicts=True)
        self.tags = dict(Tag.objects.values_list("name", "pk"))
        self.region, self.currency = business.country_and_currency()

    def put(self, model: type[models.Model], names: Sequence[str], *values: Any) -> None:
        self.rows.setdefault(model, (names, []))[1].append(values)

    def change(self, kind: str, pk: int, after: dict[str, Any], version: int = 1) -> None:
        after = {name: plain(value) for name, value in after.items()}
        self.put(Change, CHANGE, kind, pk, version, SYSTEM.label, None, self.batch, None, after)

    @transaction.atomic
    def write(self, waiting: Iterable[list[tuple[NewCustomer, Life]]]) -> None:
        """Some blocks, in one transaction."""
        for block in waiting:
            self._block(block)
        for model, (names, rows) in self.rows.items():
            insert(model, names, rows)
        self.rows = {}

    def _block(self, block: list[tuple[NewCustomer, Life]]) -> None:
        pks = [next(self.numbers[Customer]) for _one in block]
        records = [adding._record(SYSTEM, new, False) for new, _life in block]
        for pk, record, (new, life) in zip(pks, records, block, strict=True):
            record.pk = pk
            employers = [records[place].name for place, role in life.ties if role == "employee"]
            self._customer(record, new, employers)
            for place, role in life.ties:
                self._tie(pk, pks[place], role)
            last = self._touches(pk, life)
            self._purchases(pk, life)
            self._tasks(pk, new, life, last)

    def _customer(self, record: Customer, new: NewCustomer, employers: list[str]) -> None:
        readings = adding._readings(new, self.region)
        adding._denormalise(record, readings)
        self.put(Customer, CUSTOMER, *(getattr(record, name) for name in CUSTOMER_ATTRIBUTES))
        ranks: dict[str, int] = {}
        for one in readings:
            rank = ranks[one.kind] = ranks.get(one.kind, -1) + 1
            self.put(CustomerContact, CONTACT, record.pk, self._point(one), one.raw, rank, "")
        for branch in new.branches:
            self.put(CustomerBranch, ("customer", "branch"), record.pk, branch.pk)
        for tag in sorted(self.tags[name] for name in new.tags):
            self.put(CustomerTag, ("customer", "tag"), record.pk, tag)
        kept = {n: value for n, column in adding.COLUMNS if (value := getattr(record, column))}
        self.change("customers.customer", record.pk, kept)
        self._found(record, new, readings, employers)
        self._matched(record, readings, employers)

    def _matched(self, record: Customer, readings: list, employers: list) -> None:
        said = Said(record.kind, record.first_name, record.last_name, record.name)
        said.birth_date = record.birth_on.isoformat() if record.birth_on else ""
        said.city, said.company = record.city, employers[0] if employers else ""
        said.phones = [one.normal for one in readings if one.kind == "phone"]
        said.emails = [one.normal for one in readings if one.kind == "email"]
        for key, number in key_rows([known(record.pk, said)]):
            self.put(MatchKey, ("key", "number"), key, number)
        self.put(MatchDue, ("number", "is_keyed"), record.pk, True)

    def _point(self, one: Any) -> int:
        if one.kind == "phone" and one.normal in self.points:
            return self.points[one.normal]
        number = next(self.numbers[ContactPoint])
        if one.kind == "phone":
            self.points[one.normal] = number
        self.put(ContactPoint, POINT, number, *(getattr(one, name) for name in POINT_COLUMNS))
        return number

    def _found(self, record: Customer, new: NewCustomer, readings: list, employers: list) -> None:
        marks = [*(f"_b{one.pk}" for one in new.branches), f"_o{record.owner_id}"]
        more = filter(None, (record.reference, record.city, *new.tags, *employers))
        pieces = [Piece(record.pk, names=(record.name,), texts=tuple(more))]
        phones = tuple(one.normal for one in readings if one.kind == "phone")
        if readings:
            mails = tuple(one.normal for one in readings if one.kind == "email")
            pieces.append(Piece(record.pk, "contact", texts=mails, phones=phones))
        for piece in pieces:
            self.put(SearchEntry, ENTRY_COLUMNS, *entry("customer", piece, marks))
        self.words.update(vocabulary(pieces))

    def _tie(self, pk: int, other: int, role: str) -> None:
        number = next(self.numbers[Tie])
        self.put(Tie, TIE, number, pk, other, role, "", None, None)
        self.change(
            "customers.tie", number,
            {"customer": pk, "other": other, "role": role, "title": "", "starts_on": None},
            version=0,  # a tie has none
        )  # fmt: skip

    def _touches(self, pk: int, life: Life) -> tuple:
        """All of them; returns when and how one last spoke with the customer."""
        last: tuple = ()
        for channel, at, who, text in life.touches:
            number = next(self.numbers[Touch])
            direction = str(_usual_direction(channel))
            said = {"channel": channel, "direction": direction, "happened_at": at,
                    "classification": "open"}  # fmt: skip
            row = _defaults(Touch) | said | {
                "id": number, "customer_id": pk, "member_id": who, "text": text,
                "folded": _folded(text),
            }  # fmt: skip
            self.put(Touch, TOUCH, *(row[name] for name in TOUCH_ATTRIBUTES))
            self.change(
                "engagement.touch", number, {n: said[n] for n in KEPT_OF_TOUCH if n in said}
            )
            if direction != "internal":
                last = max(last, (at, number, channel))
        return last

    def _purchases(self, pk: int, life: Life) -> None:
        for day, amount, product in life.purchases:
            self.put(Purchase, PURCHASE, pk, day, amount, self.currency, self.products[product],
                     Decimal(1), "", "", False)  # fmt: skip
        if life.purchases:
            sums = sums_of((day, amount) for day, amount, _product in life.purchases)
            self.put(PurchaseSummary, SUMMARY, pk, self.currency, sums.count, sums.total,
                     sums.first_on, sums.last_on)  # fmt: skip

    def _tasks(self, pk: int, new: NewCustomer, life: Life, last: tuple) -> None:
        first: tuple = (None, None)
        for day, who in sorted(life.tasks):
            number = next(self.numbers[Task])
            row = _defaults(Task) | {
                "id": number, "customer_id": pk, "title": TITLE, "due_on": day,
                "owner_id": who, "branch_id": new.branches[0].pk,
            }  # fmt: skip
            self.put(Task, TASK, *(row[name] for name in TASK_ATTRIBUTES))
            self.change("engagement.task", number, {n: row[n] for n in KEPT_OF_TASK if row[n]})
            first = first if first[0] else (day, number)
            piece = Piece(number, texts=(TITLE, ""))
            marks = [f"_o{who}", f"_b{row['branch_id']}"]
            self.put(SearchEntry, ENTRY_COLUMNS, *entry("task", piece, marks))
            self.words.update(vocabulary([piece]))
        self.put(CustomerPulse, PULSE, pk, *((last[0], last[2]) if last else (None, "")),
                 *first, len(life.tasks), 0, None)  # fmt: skip

    def finish(self) -> None:
        """The vocabulary, and from where numbers go on."""
        mark = "IGNORE" if connection.vendor == "sqlite" else ""
        ending = "" if mark else " ON CONFLICT DO NOTHING"
        pairs = [(word, word[::-1]) for word in sorted(self.words)]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT {'OR ' + mark if mark else ''} INTO core_search_vocabulary "
                f"(word, backwards) VALUES (%s, %s){ending}", pairs,
            )  # fmt: skip
            if connection.vendor == "postgresql":
                for model in self.numbers:
                    table = model._meta.db_table
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                        f"(SELECT max(id) FROM {table}))"
                    )


def _next(model: type[models.Model]) -> int:
    return (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


@lru_cache
def _folded(text: str) -> str:
    return fold(f" {text}")


@lru_cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """What a row holds of which nothing is said."""
    row = model()
    return {one.attname: getattr(row, one.attname) for one in model._meta.concrete_fields}


def _columns(model: type[models.Model]) -> tuple[list[str], list[str]]:
    """All that the database does not fill in itself, as columns and as attributes."""
    fields = [f for f in model._meta.concrete_fields if not f.has_db_default()]
    return [f.name for f in fields], [f.attname for f in fields]


CHANGE = ("kind", "record_id", "version", "actor", "actor_id", "batch", "before", "after")
CONTACT = ("customer", "point", "raw", "rank", "label")
POINT = ("id", *POINT_COLUMNS)
TIE = ("id", "customer", "other", "role", "title", "starts_on", "ends_on")
PURCHASE = ("customer", "bought_on", "amount", "currency", "product", "quantity", "key", "batch",
            "is_demo")  # fmt: skip
SUMMARY = ("customer", "currency", "count", "total", "first_on", "last_on")
PULSE = ("customer", "last_touch_at", "last_channel", "next_due_on", "next_task", "open_tasks",
         "open_complaints", "closed_at")  # fmt: skip
CUSTOMER, CUSTOMER_ATTRIBUTES = _columns(Customer)
TOUCH, TOUCH_ATTRIBUTES = _columns(Touch)
TASK, TASK_ATTRIBUTES = _columns(Task)


def insert(model: type[models.Model], names: Sequence[str], rows: list[tuple]) -> None:
    """Many rows at once: COPY where there is one."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    prepare = [(at, _prepare(one)) for at, one in enumerate(fields) if not _is_plain(one)]
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(one.column) for one in fields)
    ready = (_ready(row, prepare) for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", ready)
            return
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in ready:
                copy.write_row(row)


def _prepare(one: models.Field) -> Any:
    database = connections[connection.alias]  # itself: what stands for it asks anew each time

    def prepared(value: Any) -> Any:
        return one.get_db_prep_save(value, database)

    is_day = isinstance(one, models.DateField) and not isinstance(one, models.DateTimeField)
    if is_day or isinstance(one, models.DecimalField):  # a few thousand, again and again
        return lru_cache(maxsize=20_000)(prepared)
    return prepared


def _ready(row: tuple, prepare: list) -> list:
    ready = list(row)
    for at, prepared in prepare:
        ready[at] = prepared(ready[at])
    return ready


def main() -> None:
    """Build into the database of the environment."""
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    build(int(os.environ.get("BENCH_SIZE", "100000")))
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
