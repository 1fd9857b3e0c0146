import pytest

from kesher.catalog.commands.adding import add_products
from kesher.catalog.models import Product
from kesher.catalog.writing import ProductNameMissing, ProductNameTooLong
from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.models import Change
from tests.people import open_clinic

pytestmark = pytest.mark.django_db


def test_makes_what_is_missing_and_keeps_what_is_there():
    first = add_products(by=SYSTEM, names=["Crown"])["Crown"]

    found = add_products(by=SYSTEM, names=["Crown", " כתר \u202e", "Στεφάνη"], batch="b")

    assert found["Crown"] == first
    assert sorted(Product.objects.values_list("name", flat=True)) == ["Crown", "Στεφάνη", "כתר"]
    assert found[" כתר \u202e"].name == "כתר"
    made = Change.objects.filter(kind="catalog.product", batch="b")
    assert sorted(c.after["name"] for c in made) == ["Στεφάνη", "כתר"]


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("  ", ProductNameMissing), ("\u202e", ProductNameMissing), ("x" * 201, ProductNameTooLong)],
)
def test_refuses_names_that_are_none(name, refusal):
    with pytest.raises(refusal):
        add_products(by=SYSTEM, names=["Crown", name])
    assert not Product.objects.exists()


def test_refuses_who_may_not():
    clinic = open_clinic()

    with pytest.raises(AccessDenied):
        add_products(by=clinic.actor("receptionist"), names=["Crown"])
    assert add_products(by=clinic.actor("manager"), names=["Crown"])["Crown"].pk
