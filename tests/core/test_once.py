"""A form that comes twice is done once."""

import datetime
from dataclasses import replace

import pytest

from kesher.core.access import SYSTEM
from kesher.core.models import DoneOnce
from kesher.core.once import KeyReused, digest_of, once

NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)


@pytest.fixture
def counted(db):
    """Something that counts how often it is done."""
    calls = []

    def do():
        calls.append(1)
        return len(calls) * 10

    return calls, do


def test_the_same_form_gives_the_first_answer(counted):
    calls, do = counted

    answers = [once(by=SYSTEM, key="k", content="c", now=NOW, do=do) for _time in range(3)]

    assert (answers, len(calls)) == ([10, 10, 10], 1)


def test_without_a_key_each_is_done(counted):
    calls, do = counted

    for _time in range(2):
        once(by=SYSTEM, key="", content="c", now=NOW, do=do)

    assert len(calls) == 2


def test_the_same_key_with_other_words_is_refused(counted):
    calls, do = counted
    once(by=SYSTEM, key="k", content="c", now=NOW, do=do)

    with pytest.raises(KeyReused):
        once(by=SYSTEM, key="k", content="d", now=NOW, do=do)
    assert len(calls) == 1


def test_what_failed_may_be_tried_again(counted):
    _calls, do = counted

    def fail():
        raise ValueError

    with pytest.raises(ValueError):
        once(by=SYSTEM, key="k", content="c", now=NOW, do=fail)

    assert once(by=SYSTEM, key="k", content="c", now=NOW, do=do) == 10


def test_keys_of_two_members_do_not_meet(counted):
    calls, do = counted
    for number in (1, 2):
        once(by=replace(SYSTEM, member_id=number), key="k", content="c", now=NOW, do=do)

    assert len(calls) == 2


def test_keys_are_forgotten_after_a_week(counted):
    _calls, do = counted
    once(by=SYSTEM, key="old", content="c", now=NOW, do=do)

    once(by=SYSTEM, key="new", content="c", now=NOW + datetime.timedelta(days=8), do=do)

    assert list(DoneOnce.objects.values_list("key", flat=True)) == ["new"]


def test_a_digest_tells_parts_apart():
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of("\ud800") == digest_of("\ud800")


@pytest.mark.django_db(transaction=True)
def test_two_at_one_moment_do_it_once():
    from threading import Barrier, Thread

    from django.db import connection

    barrier, answers = Barrier(2), []

    def send():
        barrier.wait()
        try:
            answers.append(once(by=SYSTEM, key="k", content="c", now=NOW, do=lambda: 7))
        finally:
            connection.close()

    threads = [Thread(target=send) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [7, 7]
    assert DoneOnce.objects.count() == 1
