"""Own fields travel: what they are in the manifest, what they hold in the file of customers."""

import pytest
from django.test import override_settings

from kesher.core.access import SYSTEM
from kesher.core.own.catalogue import own_fields
from kesher.core.own.commands import NewOwnField, add_own_field
from kesher.core.own.models import OwnField
from kesher.customers.commands.changing import change_customer
from kesher.customers.models import Customer
from tests.archives.test_round_trip import bring, emptied, everything

pytestmark = pytest.mark.django_db
VALUES = {
    "own_insurer": "clalit", "own_visits": "1234.567", "own_seen_at": "2026-07-04T10:00:00+00:00",
    "own_interests": ["art", "golf"], "own_smoker": "no", "own_page": "https://example.test/a?b=1",
    "own_story": "=HYPERLINK(1)\nsecond line", "own_budget": "99.5", "own_born": "1969-05-03",
}  # fmt: skip


def test_definitions_and_values_come_back_elsewhere(clinic, tmp_path):
    offered = [{"en": "Clalit", "he": "כללית"}, {"en": "Maccabi"}]
    for name, more in {
        "Insurer": {"type": "choice", "choices": offered},
        "Visits": {"type": "number", "labels": {"en": "Visits", "he": "ביקורים"}},
        "Seen at": {"type": "moment"}, "Born": {"type": "date"},
        "Interests": {"type": "many", "choices": [{"en": "Art"}, {"en": "Golf"}]},
        "Smoker": {"type": "yes_no"}, "Page": {"type": "link"},
        "Story": {"type": "long", "classification": "health"},
        "Budget": {"type": "money", "currency": "EUR"},
    }.items():  # fmt: skip
        new = NewOwnField(**{"kind": "customers", "labels": {"en": name}} | more)
        add_own_field(by=SYSTEM, new=new)
    noa = change_customer(by=SYSTEM, customer=clinic.customers["noa"], values=VALUES)
    said = [(one.key, one.type, one.labels, one.choices) for one in own_fields("customers")]
    everything(tmp_path / "archive")
    emptied()
    OwnField.objects.all().delete()

    with override_settings(SECRET_KEY="of another Kesher"):
        _runs, left = bring(tmp_path / "archive")

    assert left == {}
    assert [(o.key, o.type, o.labels, o.choices) for o in own_fields("customers")] == said
    assert Customer.objects.get(sort_name=noa.sort_name).own == noa.own
