"""Fields of the business's own in files: told by their names, read by their types, taken back."""

import pytest

from kesher.core.importing.commands import take_back
from kesher.core.own.commands import NewOwnField, add_own_field
from kesher.core.own.models import OwnField
from kesher.customers.models import Customer

Type = OwnField.Type


@pytest.fixture
def fields(clinic):
    wanted = [
        ({"en": "Insurer", "he": "קופת חולים"}, Type.CHOICE,
         [{"en": "Clalit", "he": "כללית"}, {"en": "Maccabi"}]),
        ({"en": "Visits", "el": "Επισκέψεις"}, Type.NUMBER, []),
        ({"en": "Last X-ray"}, Type.DATE, []),
        ({"en": "Interests"}, Type.MANY, [{"en": "Art"}, {"en": "Golf"}]),
    ]  # fmt: skip
    for labels, kind, choices in wanted:
        new = NewOwnField(kind="customers", labels=labels, type=kind, choices=choices)
        add_own_field(by=clinic.actor("owner"), new=new)


def test_a_file_fills_own_fields_told_by_heading_in_any_language(take, fields):
    taken = take(
        "name,customer no,קופת חולים,ΕΠΙΣΚΕΨΕΙΣ,last x-ray,Interests\n"
        'Dana Levi,7,כללית,"1,234.5",14/3/2026,golf; art\n'
    )

    assert taken.refused == {}
    dana = Customer.objects.get(reference="7")
    assert dana.own == {"s1": "clalit", "s2": "1234.5", "s3": "2026-03-14", "s4": ["art", "golf"]}


def test_the_same_file_again_changes_nothing_and_another_value_is_an_update(take, fields):
    head = "name,customer no,insurer,visits\n"
    take(f"{head}Dana Levi,7,Clalit,3\n")

    assert take(f"{head}Dana Levi,7,Clalit,3\n").outcome == (0, 0, 1, 0)
    assert take(f"{head}Dana Levi,7,Maccabi,3\n").outcome == (0, 1, 0, 0)


def test_refuses_a_choice_that_is_not_offered_and_says_which_are(take, fields):
    taken = take("name,insurer,visits\nDana Levi,Leumit,3\nRuth Adler,Clalit,many\n")

    assert "Clalit, Maccabi" in taken.refused[2]
    assert "many" in taken.refused[3]


def test_who_may_not_read_a_field_does_not_fill_it(take, clinic):
    new = NewOwnField(kind="customers", labels={"en": "Diagnosis"}, classification="health")
    add_own_field(by=clinic.actor("owner"), new=new)

    taken = take("name,diagnosis\nDana Levi,Canary\n", by=clinic.actor("receptionist"))

    assert "Diagnosis" in taken.refused[2]


def test_an_import_is_taken_back_with_own_values(take, fields, clinic):
    owner = clinic.actor("owner")
    take("name,customer no,visits\nDana Levi,7,3\n", by=owner)
    second = take("name,customer no,visits\nDana Levi,7,5\n", by=owner)

    take_back(by=owner, run=second.run)

    assert Customer.objects.get(reference="7").own == {"s2": "3"}
