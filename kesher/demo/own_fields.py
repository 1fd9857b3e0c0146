"""The fields that the demo's clinic made for itself, and what they hold of its patients."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from kesher.core.own.commands import NewOwnField, add_own_field
from kesher.core.own.models import OwnField
from kesher.customers.commands.adding import NewCustomer
from kesher.customers.models import Customer

Type = OwnField.Type
INSURERS = (
    {"en": "Clalit", "he": "כללית", "el": "Clalit"},
    {"en": "Maccabi", "he": "מכבי", "el": "Maccabi"},
    {"en": "Meuhedet", "he": "מאוחדת", "el": "Meuhedet"},
    {"en": "Leumit", "he": "לאומית", "el": "Leumit"},
    {"en": "Private", "he": "פרטי", "el": "Ιδιωτική"},
)
ALLERGIES = ("פניצילין", "לטקס", "אספירין", "יוד", "Penicillin", "Πενικιλίνη", "Λάτεξ")
FIELDS: tuple[dict[str, Any], ...] = (
    {
        "labels": {"en": "Insurer", "he": "קופת חולים", "el": "Ασφαλιστικός φορέας"},
        "type": Type.CHOICE, "choices": INSURERS,
    },
    {
        "labels": {"en": "Allergies", "he": "אלרגיות", "el": "Αλλεργίες"},
        "type": Type.TEXT, "classification": "health",
    },
    {
        "labels": {"en": "Last X-ray", "he": "צילום אחרון", "el": "Τελευταία ακτινογραφία"},
        "type": Type.DATE, "classification": "health",
    },
    {
        "labels": {"en": "Smoker", "he": "עישון", "el": "Καπνιστής"},
        "type": Type.YES_NO, "classification": "health",
    },
)  # fmt: skip


def add_own_fields(by: Any) -> None:
    """Make the fields, as the owner of a clinic would."""
    for said in FIELDS:
        add_own_field(by=by, new=NewOwnField(kind="customers", **said))


def fill_own_fields(new: NewCustomer, rng: Random, today: date) -> None:
    """What the clinic knows of somebody, of some more and of some less."""
    if new.kind != Customer.Kind.PERSON:
        return
    if rng.random() < 0.7:
        new.own["own_insurer"] = rng.choice(INSURERS)["en"]
    if rng.random() < 0.08:
        new.own["own_allergies"] = rng.choice(ALLERGIES)
    if rng.random() < 0.45:
        new.own["own_last_x_ray"] = today - timedelta(days=rng.randint(3, 900))
    if rng.random() < 0.3:
        new.own["own_smoker"] = "yes" if rng.random() < 0.2 else "no"
