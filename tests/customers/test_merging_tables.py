"""Whatever table reaches a customer: its rows move when he is merged, and come back."""

import datetime
import itertools

import pytest
from django.db import IntegrityError, connection, models, transaction

from kesher.core import person as registry
from kesher.core.access import SYSTEM
from kesher.core.joining import whole
from kesher.core.models import StoredFile
from kesher.core.person import Merge, answer, answers
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.merging import merge_customers
from kesher.customers.commands.parting import unmerge_customers
from kesher.customers.models import (
    ContactPoint,
    Customer,
    MergedRow,
    Merger,
    Tag,
    Tie,
    Tombstone,
)
from kesher.engagement.models import Presence
from kesher.organization.models import Branch

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
NUMBERS = itertools.count(10_000)
# Its row and what hangs on it are what is tested here.
OURS = (Merger, Tombstone, MergedRow)


def made(model, **given):
    """A row of any table: what must be said is said somehow, each time otherwise."""
    values = {}
    for field in model._meta.concrete_fields:
        if field.name in given or (field.primary_key and not field.is_relation):
            continue
        if field.has_default() or field.null or field.db_default is not models.NOT_PROVIDED:
            continue
        values[field.name] = _some(field)
    return model.objects.create(**values, **given)


def _some(field):
    number = next(NUMBERS)
    if field.is_relation:
        makes = {Branch: {"name": f"B{number}"}, Tag: {"name": f"T{number}"}}
        other = field.related_model
        if other is Customer:
            return person(f"Other {number}")
        return made(other, **makes.get(other, {}))
    if isinstance(field, models.DateTimeField):
        return NOW
    if isinstance(field, models.DateField):
        return NOW.date()
    if isinstance(field, (models.IntegerField, models.DecimalField)):
        return number
    if isinstance(field, models.BooleanField):
        return True
    if field.choices:
        return field.choices[0][0]
    return "" if field.blank else str(number)[: field.max_length]


def person(name):
    return add_customer(by=SYSTEM, customer=NewCustomer(name=name))


def tables():
    """Every table that itself points to a customer, by each of its columns."""
    return [
        said for said in answers(Customer)
        if said.is_own and said.merge in (Merge.MOVE, Merge.COMBINE) and said.model not in OURS
    ]  # fmt: skip


def rows():
    return {
        (said.model._meta.label, row.pk): whole(row)
        for said in tables()
        for row in said.model.objects.all()
    }


def unranked(row):
    return {name: value for name, value in row.items() if name != "rank"}


@pytest.fixture
def pair(clinic):
    """Two who have a row of their own in every table, and one that says the same of both."""
    both = [person("Dana"), person("Lewi")]
    for said in tables():
        for one in both:
            made(said.model, **{said.via: one})
        if said.merge == Merge.COMBINE:
            shared = whole(made(said.model, **{said.via: both[0]}))
            shared = {name: shared[name] for name in shared if name != said.model._meta.pk.attname}
            said.model(**{**shared, f"{said.via}_id": both[1].pk}).save()
    return both


def test_the_tables_are_filled(pair):
    there = {said.model for said in tables()}
    assert {Tie, *(m for m in (ContactPoint.uses.rel.related_model,))} <= there
    assert all(model.objects.count() >= 2 for model in there)
    assert Presence not in there
    assert StoredFile.objects.exists()


def test_every_row_moves_or_is_there_already_and_comes_back(pair):
    kept, gone = pair
    was = rows()

    merger = merge_customers(by=SYSTEM, survivor=kept, others=[gone])

    for said in tables():
        assert not said.model.objects.filter(**{said.via: gone.pk}).exists(), said.model
    now = rows()
    lost = {key for key in was if key not in now}
    noted = {(row.table, row.row) for row in merger.rows.all()}
    dropped = merger.rows.exclude(before=None).values_list("table", "row")
    assert {(label.lower(), pk) for label, pk in lost} == {*dropped}
    moved = {key for key in was if key in now and unranked(now[key]) != unranked(was[key])}
    assert {(label.lower(), pk) for label, pk in moved | lost} == noted

    unmerge_customers(by=SYSTEM, merger=merger)
    assert {k: unranked(row) for k, row in rows().items()} == {
        k: unranked(row) for k, row in was.items()
    }


def test_a_row_that_nobody_moved_stops_the_merger(pair, monkeypatch):
    held = registry._answers[Customer]
    left = {key: said for key, said in held.items() if key[0] is not Tie}
    monkeypatch.setitem(registry._answers, Customer, left)

    with pytest.raises(IntegrityError), transaction.atomic():
        merge_customers(by=SYSTEM, survivor=pair[0], others=pair[1:])
        connection.check_constraints()  # as the database does at the end


def test_an_answer_that_cannot_be_carried_out_is_none():
    said = {"model": Tie, "via": "customer", "erase": "delete"}
    for merge in (Merge.COMBINE, Merge.KEEP_ONE):
        with pytest.raises(TypeError):
            answer(Tie, merge=merge, **said)
