"""Notes of customers: every column of them is kept, in order, and none is cut."""

import pytest

from kesher.customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "headings", ["Name,Notes,Remarks", "שם,הערות,הערות כלליות", "Όνομα,Σημειώσεις,Παρατηρήσεις"]
)
def test_two_columns_of_notes_are_both_kept(take, headings):
    content = f'{headings}\nDana,"Prefers mornings\nand tea",Has a dog\nNoa,Same,Same\n'
    taken = take(content)

    assert taken.outcome == (2, 0, 0, 0)
    dana, noa = Customer.objects.filter(first_name__in=["Dana", "Noa"]).order_by("pk")
    assert (dana.about, noa.about) == ("Prefers mornings\nand tea\nHas a dog", "Same")
    assert take(content).outcome == (0, 0, 2, 0)


def test_what_does_not_fit_is_refused_and_not_cut(take):
    taken = take(f"Name,Notes,Remarks\nDana,{'x' * 12_000},{'y' * 12_000}\n")

    assert taken.outcome == (0, 0, 0, 1)
    assert "24001" in taken.refused[2]
