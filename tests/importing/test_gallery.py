"""Files as other programs and tired people write them: `tests/data/gallery`, each with its result.

`expected.json` says of each file how many lines are created, updated, unchanged and refused, which
lines are refused and why, what is kept of those that are not; or why the whole file is refused.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from kesher.billing.models import Purchase
from kesher.core.access import SYSTEM
from kesher.core.importing.commands import open_import, take_in
from kesher.core.importing.kinds import importable_kind
from kesher.core.importing.reasons import reason_of
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer
from kesher.organization.models import Business

GALLERY = Path(__file__).parents[1] / "data" / "gallery"
EXPECTED = json.loads((GALLERY / "expected.json").read_text())
COUNTED = ("created", "updated", "unchanged", "refused")


def test_every_file_has_its_result():
    assert {path.name for path in GALLERY.iterdir()} == {*EXPECTED, "expected.json"}
    assert len(EXPECTED) >= 40


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_of_the_gallery(name, clinic, take):
    wanted = EXPECTED[name]
    _in_country(wanted.get("country", "IL"))
    if "before" in wanted:
        assert take(wanted["before"]).outcome[3] == 0
    if "whole" in wanted:
        with pytest.raises(Refusal, match=wanted["whole"]):
            _brought(name, wanted)
        return
    run = _brought(name, wanted)
    reasons = {line.number: reason_of(line) for line in run.refused_lines.all()}

    assert [run.counts[outcome] for outcome in COUNTED] == wanted["counts"], reasons
    assert {str(line) for line in reasons} == set(wanted.get("refused", ()))
    for line, reason in wanted.get("refused", {}).items():
        assert reason in reasons[int(line)]
    for one in wanted.get("holds", ()):
        assert _kept(one["name"], one) == one
    if sums := wanted.get("sums"):
        amounts = Purchase.objects.values_list("amount", flat=True)
        assert (len(amounts), sum(amounts)) == (sums["count"], Decimal(sums["amount"]))
    _brings_nothing_the_second_time(name, wanted)


def _brings_nothing_the_second_time(name, wanted):
    counts = _brought(name, wanted).counts
    created, _updated, _unchanged, refused = wanted["counts"]
    assert (counts["created"], counts["updated"]) == (0, 0)
    assert (counts["unchanged"], counts["refused"]) == (created, refused)


def _in_country(country):
    Business.objects.update(country=country, currency={"IL": "ILS", "GR": "EUR"}[country])


def _brought(name, wanted):
    kind = importable_kind(wanted.get("kind", "customers"))
    run = open_import(
        by=SYSTEM, kind=kind, path=GALLERY / name, name=name, is_ours=False,
        said=wanted.get("said", {}),
    )  # fmt: skip
    take_in(by=SYSTEM, run=run)
    return run


def _kept(name, asked):
    """What is kept of the customer, as far as the gallery says something of it."""
    customer = Customer.objects.filter(name=name).latest("pk")
    points = customer.contacts.select_related("point")
    kept = {field: getattr(customer, field, None) for field in asked}
    for field, kind in (("phones", "phone"), ("emails", "email"), ("addresses", "address")):
        of_kind = [use.point for use in points if use.point.kind == kind]
        shown = [p.raw if kind == "address" else p.normal for p in of_kind]
        kept[field] = sorted(shown) if sorted(shown) == sorted(asked.get(field, ())) else shown
        if kept[field] == sorted(asked.get(field, ())):
            kept[field] = asked.get(field)
    kept["tags"] = sorted(customer.tags.values_list("name", flat=True))
    if kept.get("birth_on"):
        kept["birth_on"] = kept["birth_on"].isoformat()
    return {field: kept[field] for field in asked}
