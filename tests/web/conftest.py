"""Short ways to say what happened with a customer."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kesher.engagement.commands.tasks import NewTask, plan_task
from kesher.engagement.commands.touching import NewTouch, record_touch


@pytest.fixture
def noa(clinic):
    return clinic.customers["noa"]


@pytest.fixture
def touched(clinic):
    """Record a touch with Noa: who, and whatever differs from a call an hour ago."""

    def record(by="receptionist", customer="noa", *, ago=timedelta(hours=1), **said):
        now = timezone.now()
        # By the clock on the clinic's wall: 41 days ago may lie on the other side of summer time.
        then = now.astimezone(ZoneInfo("Asia/Jerusalem")) - ago
        held = {"channel": "call", "text": "Asked about mornings", "happened_at": then} | said
        new = NewTouch(customer=clinic.customers[customer], **held)
        return record_touch(by=clinic.actor(by), touch=new, now=now)

    return record


@pytest.fixture
def planned(clinic):
    """Plan a task with Noa for today."""

    def plan(by="receptionist", customer="noa", **said):
        held = {"title": "Call about the crown", "kind": "call", "due_on": timezone.localdate()}
        about = clinic.customers[customer] if customer else None
        new = NewTask(customer=about, **(held | said))
        return plan_task(by=clinic.actor(by), task=new)

    return plan
