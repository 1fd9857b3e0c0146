"""Each fact is read once, whatever order facts are committed in."""

import threading

import pytest
from django.db import connection, transaction

from kesher.config.serving import tail as tail_module
from kesher.config.serving.tail import Tail
from kesher.core.models import EventRecord

pytestmark = pytest.mark.django_db(transaction=True)


def write(name: str) -> None:
    """Another connection announces: a reader's own writes tell it nothing."""

    def commit():
        EventRecord.objects.create(name=name, payload={}, actor="x")
        connection.close()

    thread = threading.Thread(target=commit)
    thread.start()
    thread.join()


def names(tail: Tail) -> list[str]:
    return [record.name for record in tail.news()]


@pytest.fixture
def tail():
    write("before")
    tail = Tail()
    tail.skip_to_end()
    names(tail)
    return tail


def test_tells_each_fact_once_and_nothing_from_before(tail):
    write("one")
    write("two")
    assert names(tail) == ["one", "two"]
    assert names(tail) == []
    write("three")
    assert names(tail) == ["three"]


def test_asks_for_no_rows_while_nothing_is_written(tail, django_assert_num_queries):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite tells beforehand whether something was written")
    with django_assert_num_queries(1) as asked:
        assert names(tail) == []
    assert "data_version" in asked[0]["sql"]


def test_reads_a_flood_to_its_end(tail, monkeypatch):
    monkeypatch.setattr(tail_module, "BATCH", 3)
    for number in range(7):
        write(str(number))
    heard = [name for _ in range(4) for name in names(tail)]
    assert heard == [str(number) for number in range(7)]


def test_tells_again_what_came_after_a_number(tail):
    last = tail.last
    write("one")
    write("two")
    names(tail)
    assert [record.name for record in tail.since(last)] == ["one", "two"]
    assert tail.since(tail.last) == []


def test_waits_for_a_fact_that_is_committed_after_a_later_one(tail):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time, so numbers appear in order")
    begun, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            EventRecord.objects.create(name="slow", payload={}, actor="x")
            begun.set()
            may_commit.wait(10)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert begun.wait(10)
    write("fast")
    assert names(tail) == ["fast"]
    assert names(tail) == []
    may_commit.set()
    writer.join()
    assert names(tail) == ["slow"]
    assert names(tail) == []


def test_gives_up_on_a_number_that_never_comes(tail, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite gives out a number and commits it at once")
    with transaction.atomic():
        EventRecord.objects.create(name="undone", payload={}, actor="x")
        transaction.set_rollback(True)
    write("next")
    assert names(tail) == ["next"]
    assert len(tail.awaited) == 1
    monkeypatch.setattr(tail_module, "PATIENCE_SECONDS", 0)
    names(tail)
    assert tail.awaited == {}
