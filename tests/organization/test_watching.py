"""A classification is watched, or no longer, and each reading of it is kept once."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from kesher.core.access import AccessDenied
from kesher.core.access_log import Shown
from kesher.organization.commands.watching import (
    ONE_READING,
    OpenIsForAll,
    record_accesses,
    stop_watching,
    watch_classification,
)
from kesher.organization.models import AccessRecord, Classification

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ONE = Shown("customers.customer", 7, "engagement.touch", "health")


def kept(clinic, now=NOW, **more):
    return record_accesses(by=clinic.actor("dentist"), shown=Counter({ONE: 3}), now=now, **more)


def test_what_is_closest_is_watched_from_the_beginning(clinic):
    assert clinic.actor("agent").watched == {"health", "confidential"}


def test_watching_reaches_every_role_at_once(clinic):
    boss, contact = clinic.actor("owner"), Classification.objects.get(key="contact")

    watch_classification(by=boss, classification=contact)
    assert "contact" in clinic.actor("agent").watched

    stop_watching(by=boss, classification=contact)
    assert "contact" not in clinic.actor("agent").watched


def test_only_who_runs_the_roles_says_what_is_watched(clinic):
    health = Classification.objects.get(key="health")
    with pytest.raises(AccessDenied):
        stop_watching(by=clinic.actor("manager"), classification=health)


def test_what_is_open_cannot_be_watched(clinic):
    with pytest.raises(OpenIsForAll):
        watch_classification(
            by=clinic.actor("owner"), classification=Classification.objects.get(key="open")
        )


def test_the_same_again_within_minutes_is_one_reading(clinic):
    assert kept(clinic) == 1
    assert kept(clinic, NOW + ONE_READING - timedelta(seconds=1)) == 0
    assert kept(clinic, NOW + ONE_READING + timedelta(seconds=1)) == 1
    assert kept(clinic, viewed_as="Receptionist") == 1

    first = AccessRecord.objects.order_by("pk")[0]
    assert (first.member_name, first.rows, first.record_id) == ("Dentist Cohen", 3, 7)
