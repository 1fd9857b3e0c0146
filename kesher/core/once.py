"""Do a thing once, however often its form is sent.

Each drawing of a form carries a key. The first fact that is announced while a form is answered
claims its key, in the very transaction that makes the fact true: so neither is there without the
other, and of two that come at one moment the second finds the key taken and is rolled back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from kesher.core.once_models import DoneOnce

KEPT = timedelta(days=7)


class SentBefore(Exception):
    """The same form came at the same moment and was first."""


@dataclass
class Form:
    """A form that is being answered: who sent it, under which key, and when."""

    actor_id: int
    key: str
    now: datetime
    is_claimed: bool = False


_form: ContextVar[Form | None] = ContextVar("form", default=None)


def digest_of(*parts: str) -> str:
    """What tells one content of a form from another."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


@contextmanager
def sending(form: Form) -> Iterator[Form]:
    """While this form is answered."""
    before = _form.set(form)
    try:
        yield form
    finally:
        _form.reset(before)


def claim_form() -> None:
    """Take the key of the form that is being answered, if there is one; within a transaction."""
    form = _form.get()
    if form is None or form.is_claimed:
        return
    try:
        with transaction.atomic():
            DoneOnce.objects.create(actor_id=form.actor_id, key=form.key, done_at=form.now)
    except IntegrityError as error:
        raise SentBefore from error
    form.is_claimed = True


def sent_before(form: Form) -> DoneOnce | None:
    """The same form as it was answered before."""
    return DoneOnce.objects.filter(actor_id=form.actor_id, key=form.key).first()


def keep_answer(form: Form, where: str) -> None:
    """Remember where the answer led, for whoever sends the form again."""
    if form.is_claimed:
        DoneOnce.objects.filter(actor_id=form.actor_id, key=form.key).update(where=where)


def forget_forms(*, now: datetime) -> None:
    """Drop the keys of forms that nobody sends again."""
    DoneOnce.objects.filter(done_at__lt=now - KEPT).delete()
