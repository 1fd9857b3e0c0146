"""Every table that reaches a customer says what merging, erasure and export do with it."""

from kesher.core.person import Erase, answers, reaching, unanswered
from kesher.customers.models import Customer


def test_no_table_that_reaches_a_customer_is_without_an_answer():
    assert unanswered(Customer) == []


def test_the_search_for_tables_finds_them():
    found = {(model._meta.label, way) for model, way in reaching(Customer)}

    assert ("billing.Purchase", "customer") in found
    assert ("customers.Tie", "other") in found


def test_a_table_without_an_answer_is_reported(monkeypatch):
    from kesher.core import person
    from kesher.customers.models import Wish

    left = {key: said for key, said in person._answers[Customer].items() if key[0] is not Wish}
    monkeypatch.setitem(person._answers, Customer, left)

    assert unanswered(Customer) == ["customers.Wish.customer"]


def test_answers_name_real_columns_and_say_why_something_is_kept():
    for said in answers(Customer):
        columns = {field.name for field in said.model._meta.get_fields()}
        assert {*said.blanked, *said.exported} <= columns, said.model
        assert said.why or said.erase != Erase.KEEP, said.model
