"""Moments that the tests of engagement happen at, and short ways to say what happened."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kesher.engagement.commands.tasks import NewTask, plan_task
from kesher.engagement.commands.touching import NewTouch, record_touch

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Jerusalem"))
TODAY = NOW.date()


@pytest.fixture
def noted(clinic):
    """Record a touch: who, with whom, and whatever differs from a plain note a day ago."""

    def record(by="receptionist", customer="noa", *, ago=timedelta(days=1), **said):
        held = {"channel": "note", "text": "Prefers mornings", "happened_at": NOW - ago} | said
        new = NewTouch(customer=clinic.customers[customer], **held)
        return record_touch(by=clinic.actor(by), touch=new, now=NOW)

    return record


@pytest.fixture
def planned(clinic):
    """Plan a task: who, with whom, and whatever differs from a call today."""

    def plan(by="receptionist", customer="noa", **said):
        held = {"title": "Call about the crown", "kind": "call", "due_on": TODAY} | said
        about = clinic.customers[customer] if customer else None
        return plan_task(by=clinic.actor(by), task=NewTask(customer=about, **held))

    return plan
