"""A form that comes twice is done once."""

import datetime
from dataclasses import dataclass, replace
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from kesher.core.access import SYSTEM
from kesher.core.events import Event, announce
from kesher.core.models import DoneOnce, EventRecord
from kesher.core.once import (
    Form,
    SentBefore,
    digest_of,
    forget_forms,
    keep_answer,
    sending,
    sent_before,
)

NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
FORM = Form(actor_id=1, key="k", now=NOW)


@dataclass(frozen=True, kw_only=True)
class BellRung(Event):
    bell_id: int


@transaction.atomic
def ring():
    announce(BellRung(bell_id=1), by=SYSTEM)


def send(form=FORM):
    with sending(replace(form)) as sent:
        ring()
        ring()  # one form may make several facts true
    return sent


@pytest.mark.django_db
def test_the_same_form_is_known_again_and_where_it_led():
    keep_answer(send(), "/customers/7/")

    assert sent_before(FORM).where == "/customers/7/"
    assert sent_before(replace(FORM, key="other")) is None


@pytest.mark.django_db
def test_sent_again_nothing_comes_of_it():
    send()

    with pytest.raises(SentBefore):
        send()
    assert EventRecord.objects.count() == 2


@pytest.mark.django_db
def test_what_belongs_to_no_form_is_done_each_time():
    ring()
    ring()

    assert (EventRecord.objects.count(), DoneOnce.objects.count()) == (2, 0)


@pytest.mark.django_db
def test_what_failed_may_be_sent_again():
    with pytest.raises(ValueError), sending(replace(FORM)), transaction.atomic():
        ring()
        raise ValueError
    assert sent_before(FORM) is None

    send()


@pytest.mark.django_db
def test_keys_of_two_members_do_not_meet():
    for number in (1, 2):
        send(replace(FORM, actor_id=number))

    assert DoneOnce.objects.count() == 2


@pytest.mark.django_db
def test_keys_are_forgotten_after_a_week():
    for days in (0, 8):
        send(replace(FORM, key=f"{days}", now=NOW + datetime.timedelta(days=days)))

    forget_forms(now=NOW + datetime.timedelta(days=8))

    assert list(DoneOnce.objects.values_list("key", flat=True)) == ["8"]


def test_a_digest_tells_parts_apart():
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of("\ud800") == digest_of("\ud800")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_one_moment_one_is_done():
    barrier, ends = Barrier(2), []

    def press():
        barrier.wait()
        try:
            send()
            ends.append("done")
        except SentBefore:
            ends.append("sent before")
        finally:
            connection.close()

    threads = [Thread(target=press) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["done", "sent before"]
    assert EventRecord.objects.count() == 2
