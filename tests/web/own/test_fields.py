"""Own fields on pages: made where they are missed, filled in forms and in place."""

import pytest
from django.urls import reverse

from kesher.core.own.catalogue import own_fields
from kesher.core.own.commands import NewOwnField, add_own_field
from kesher.core.own.models import OwnField
from kesher.customers.models import Customer
from kesher.organization.held import forget_rights
from kesher.organization.models import AccessRecord, Classification


@pytest.fixture
def desk(as_member):
    return as_member("owner")


@pytest.fixture
def noa(clinic):
    return clinic.customers["noa"]


def add(clinic, name, **more):
    new = NewOwnField(kind="customers", labels={"en": name}, **more)
    return add_own_field(by=clinic.actor("owner"), new=new)


def posted(name, **more):
    return {"kind": "customers", "name": name, "type": "text", "classification": "open", **more}


def test_a_field_is_made_on_the_customers_page(desk, noa):
    page = reverse("customer", args=[noa.pk])
    assert "Add a field" in desk.get(page).content.decode()

    made = desk.post(
        reverse("own-field-new"),
        posted("Insurer", type="choice", choices="Clalit\nMaccabi", next=page, he="מבטח"),
        headers={"HX-Request": "true"},
    )

    assert made.headers["HX-Redirect"] == page
    (one,) = own_fields("customers")
    assert (one.labels, [c["key"] for c in one.choices]) == (
        {"en": "Insurer", "he": "מבטח"}, ["clalit", "maccabi"],
    )  # fmt: skip
    assert "Insurer" in desk.get(page).content.decode()


def test_a_field_made_over_a_list_is_its_last_column(desk):
    made = desk.post(reverse("own-field-new"), posted("Shoe size", next="list", **{"in": "q=noa"}))

    shown = desk.get(made.headers["Location"]).content.decode()
    assert "Shoe size" in shown


def test_leads_to_no_other_site(desk):
    made = desk.post(reverse("own-field-new"), posted("Size", next="//evil.test/"))

    assert made.headers["Location"] == reverse("own-fields")


def test_two_of_one_name_are_refused_in_the_form(desk, clinic):
    add(clinic, "Insurer")

    again = desk.post(reverse("own-field-new"), posted("insurer"))

    assert again.status_code == 422
    assert "There is a field called" in again.content.decode()


def test_it_is_filled_in_place_and_a_colleague_is_not_overwritten(desk, clinic, noa):
    one = add(clinic, "Size", type="number")
    address = reverse("customer-field", args=[noa.pk, one.key])

    refused = desk.post(address, {"value": "big", "seen": "1"}, headers={"HX-Request": "true"})
    saved = desk.post(address, {"value": "42", "seen": "1"}, headers={"HX-Request": "true"})
    clash = desk.post(address, {"value": "43", "seen": "1"}, headers={"HX-Request": "true"})

    assert (refused.status_code, saved.status_code, clash.status_code) == (422, 200, 409)
    assert Customer.objects.get(pk=noa.pk).own == {"s1": "42"}


def test_the_edit_form_sends_only_what_was_touched(desk, clinic, noa):
    for name, more in (
        ("Size", {"type": "number"}),
        ("Interests", {"type": "many", "choices": [{"en": "Art"}, {"en": "Golf"}]}),
        ("Nickname", {"section": "Private"}),
    ):
        add(clinic, name, **more)
    page = desk.get(reverse("customer-edit", args=[noa.pk]))
    assert "Private" in page.content.decode()
    form = page.context["form"]
    sent = {"seen": "1"}
    for bound in form:
        value = bound.value()
        sent[bound.html_name] = [] if value is None else value
        sent[bound.html_initial_name] = [] if value is None else value
    sent |= {"own_interests": ["golf"], "own_nickname": "Nunu", "own_size": "42,5"}

    answer = desk.post(reverse("customer-edit", args=[noa.pk]), sent)

    assert answer.status_code == 302
    assert Customer.objects.get(pk=noa.pk).own == {"s1": "42.5", "s2": ["golf"], "s3": "Nunu"}


def test_a_new_customer_brings_them(desk, clinic):
    add(clinic, "Size", type="number", is_required=True)
    said = {"name": "New Person", "kind": "person", "anyway": "1"}

    missing = desk.post(reverse("customer-new"), said)
    made = desk.post(reverse("customer-new"), said | {"own_size": "42"})

    assert (missing.status_code, made.status_code) == (422, 302)
    assert Customer.objects.get(name="New Person").own == {"s1": "42"}


def test_a_cell_of_a_list_is_changed_where_it_stands(desk, clinic, noa):
    add(clinic, "Size", type="number")
    address = reverse("customers-cell", args=[noa.pk, "own_size"])

    saved = desk.post(address, {"value": "42", "seen": "1"}, headers={"HX-Request": "true"})

    assert "42" in saved.content.decode()


def test_settings_rename_move_retire_and_bring_back(desk, clinic):
    size, colour = add(clinic, "Size"), add(clinic, "Colour")
    form = {"seen": "1", "en": "Shoe size", "classification": "open", "section": "", "hint": "",
            "default": ""}  # fmt: skip

    assert desk.post(reverse("own-field", args=[size.pk]), form).status_code == 302
    desk.post(reverse("own-field-place", args=[colour.pk]), {"to": "up"})
    assert [one.label for one in own_fields("customers")] == ["Colour", "Shoe size"]

    desk.post(reverse("own-field-retirement", args=[size.pk]))
    assert [one.label for one in own_fields("customers")] == ["Colour"]
    desk.post(reverse("own-field-return", args=[size.pk]))
    assert OwnField.objects.get(pk=size.pk).retired_at is None


def test_a_choice_in_use_cannot_be_emptied(desk, clinic, noa):
    one = add(clinic, "Insurer", type="choice", choices=[{"en": "Clalit"}, {"en": "Maccabi"}])
    desk.post(reverse("customer-field", args=[noa.pk, one.key]), {"value": "clalit", "seen": "1"})
    form = {"seen": "1", "en": "Insurer", "classification": "open", "choice-1-en": "Maccabi"}

    answer = desk.post(reverse("own-field", args=[one.pk]), form)

    assert answer.status_code == 422
    assert "stands with 1 record" in answer.content.decode()


def test_the_page_keeps_to_whom_a_watched_field_was_shown(desk, clinic, noa):
    one = add(clinic, "Diagnosis", classification="health")
    desk.post(reverse("customer-field", args=[noa.pk, one.key]), {"value": "x", "seen": "1"})
    AccessRecord.objects.all().delete()
    Classification.objects.filter(key="health").update(is_watched=True)
    forget_rights()

    desk.get(reverse("customer", args=[noa.pk]))

    assert set(AccessRecord.objects.values_list("record_id", "classification")) == {
        (noa.pk, "health")
    }


def test_another_type_is_tried_before_anything_changes(desk, clinic, noa):
    one = add(clinic, "Size")
    desk.post(reverse("customer-field", args=[noa.pk, one.key]), {"value": "42", "seen": "1"})
    address = reverse("own-field-type", args=[one.pk])

    tried = desk.post(address, {"type": "number"}).content.decode()
    assert "1 value can be converted." in tried
    assert OwnField.objects.get().next is None

    desk.post(address, {"type": "number", "go": "1"})
    assert OwnField.objects.get().next["type"] == "number"
    assert "being converted" in desk.get(reverse("own-field", args=[one.pk])).content.decode()
