import pytest

from kesher.core.importing import refusals
from kesher.core.importing.keeping import new_file
from kesher.core.importing.kinds import importable_kind, importable_kinds
from kesher.core.importing.reading import Opening, open_table
from kesher.core.importing.recognising import (
    checked_match,
    columns_by_place,
    columns_for,
    heading_key,
    known_headings,
    recognise,
)

pytestmark = pytest.mark.django_db  # the fields of the business's own are recognised too
CUSTOMERS, PURCHASES = importable_kind("customers"), importable_kind("purchases")


@pytest.fixture
def table(tmp_path):
    def opened(headings):
        path = tmp_path / "file.csv"
        path.write_text(headings + "\n1\n")
        return open_table(path, Opening(country="IL", rows=new_file))

    return opened


@pytest.mark.parametrize(
    ("headings", "names"),
    [
        ("rec_id,first_name,last_name,phone,email,company,city,street,birth_date",
         ["reference", "first_name", "last_name", "phone", "email", "company", "city", "street",
          "birth_on"]),
        ("מספר לקוח,שם פרטי,שם משפחה,טלפון נייד,דוא\"ל,עיר,רחוב,תאריך לידה,הערות",
         ["reference", "first_name", "last_name", "phone", "email", "city", "street", "birth_on",
          "about"]),
        ("Κωδικός,Όνομα,Επώνυμο,Κινητό,Email,Πόλη,Οδός,Ημερομηνία γέννησης,Σημειώσεις",
         ["reference", "first_name", "last_name", "phone", "email", "city", "street", "birth_on",
          "about"]),
        ("Customer No.,Full Name,E-mail Address,Mobile Phone,Street Address,ZIP Code",
         ["reference", "name", "email", "phone", "street", "postcode"]),
    ],
)  # fmt: skip
def test_customers_by_headings_of_three_languages(headings, names):
    found = recognise(CUSTOMERS, headings.split(","))

    assert found == {name: (at,) for at, name in enumerate(names)}


@pytest.mark.parametrize(
    ("headings", "names"),
    [
        ("customer,date,amount,item", ["customer", "date", "amount", "item"]),
        ("customer_id,date,number_of_cds,dollar_value", ["customer", "date", "quantity", "amount"]),
        ('לקוח,תאריך,סה"כ,פריט,כמות', ["customer", "date", "amount", "item", "quantity"]),
        ("Πελάτης,Ημ/νία,Ποσό (€),Είδος,Τεμ.", ["customer", "date", "amount", "item", "quantity"]),
        ("Invoice No,Customer ID,Invoice Date,Total,Currency",
         ["number", "customer", "date", "amount", "currency"]),
    ],
)  # fmt: skip
def test_purchases_by_headings_of_three_languages(headings, names):
    found = recognise(PURCHASES, headings.split(","))

    assert found == {name: (at,) for at, name in enumerate(names)}


def test_several_columns_bring_several_telephones():
    assert recognise(CUSTOMERS, ["Phone 1", "name", "Phone 2", "Mobile"]) == {
        "phone": (0, 2, 3), "name": (1,),
    }  # fmt: skip


def test_the_first_of_two_that_fit_is_taken():
    assert recognise(CUSTOMERS, ["Customer number", "ID"]) == {"reference": (0,)}


def test_the_same_heading_twice_is_refused():
    with pytest.raises(refusals.HeadingTwice, match="city"):
        recognise(CUSTOMERS, ["name", "City", "city"])


def test_what_is_said_goes_before_what_is_recognised(table):
    found = columns_for(
        CUSTOMERS, table("Name,City,town,Phone"), {"city": ["town"], "about": ["2"]}
    )

    assert found == {"name": (0,), "phone": (3,), "city": (2,), "about": (1,)}


def test_what_is_said_may_name_the_same_heading_twice_by_number(table):
    assert columns_for(CUSTOMERS, table("name,city,city"), {"city": ["3"]})["city"] == (2,)


def test_a_column_is_said_by_heading_before_number(table):
    assert columns_for(CUSTOMERS, table("2,x"), {"name": ["2"]}) == {"name": (0,)}


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"name": ["nickname"]}, refusals.NoSuchColumn),
        ({"name": ["7"]}, refusals.NoSuchColumn),
        ({"shoe_size": ["Name"]}, refusals.NoSuchField),
        ({"city": ["Name", "Phone"]}, refusals.FieldTwice),
    ],
)
def test_refuses_what_is_said_of_nothing(table, said, refusal):
    with pytest.raises(refusal):
        columns_for(CUSTOMERS, table("Name,Phone"), said)


def test_the_wrong_kind_is_said_so(table):
    with pytest.raises(refusals.OtherKind, match="file of purchases, not of customers"):
        columns_for(CUSTOMERS, table("Buyer ID,Order date,Dollar value"), {})
    with pytest.raises(refusals.OtherKind, match="file of customers, not of purchases"):
        columns_for(PURCHASES, table("First name,Surname,Mobile,City"), {})


def test_nothing_recognised_names_the_headings(table):
    with pytest.raises(refusals.ColumnsMissing, match="foo, bar"):
        columns_for(CUSTOMERS, table("foo,bar"), {})
    with pytest.raises(refusals.ColumnsMissing, match="Amount"):
        columns_for(PURCHASES, table("customer,date,foo"), {})


def test_columns_as_a_form_says_them():
    assert columns_by_place(CUSTOMERS, ["phone", "", "name", "phone"]) == {
        "phone": (0, 3), "name": (2,),
    }  # fmt: skip
    with pytest.raises(refusals.FieldTwice, match="Name"):
        columns_by_place(CUSTOMERS, ["name", "name"])
    with pytest.raises(refusals.NoSuchField):
        columns_by_place(CUSTOMERS, ["password"])


def test_matching_goes_by_declared_fields_only():
    assert checked_match(CUSTOMERS, ["phone", " email", "phone", ""]) == ("phone", "email")
    with pytest.raises(refusals.NoSuchMatch, match="phone, email, name"):
        checked_match(CUSTOMERS, ["shoe_size"])
    with pytest.raises(refusals.NoSuchMatch):
        checked_match(PURCHASES, ["phone"])


@pytest.mark.parametrize("kind", importable_kinds(), ids=lambda kind: kind.name)
def test_no_heading_means_two_fields(kind):
    claims = {}
    for column in kind.columns:
        for heading in {heading_key(h) for h in (column.name, *column.known_as)}:
            claims.setdefault(heading, set()).add(column.name)

    assert {heading: names for heading, names in claims.items() if len(names) > 1} == {}
    assert all(known_headings(kind))
