from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesher.core.importing import refusals, values
from kesher.core.importing.values import Amount, Place
from kesher.core.refusal import Refusal

TODAY = date(2026, 11, 24)
ISRAEL = Place("IL", "ILS", TODAY)
GREECE = Place("GR", "EUR", TODAY)
AMERICA = Place("US", "USD", TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-01", "01/02/2026", "1.2.2026", "01-02-26", "20260201", "1 Feb 2026", "Feb 1, 2026",
        "1 בפברואר 2026", "1 Φεβρουαρίου 2026", "2026-02-01 14:05:00", "2026-02-01T14:05:00Z",
        "01/02/2026 09:30", "\u200f1.2.2026\u200f", "1/2/2026 2:05 PM", "2026/2/1",
    ],
)  # fmt: skip
def test_the_first_of_february_however_it_is_written(text):
    assert values.read_day(text, "Date", ISRAEL) == date(2026, 2, 1)
    assert values.read_day(text, "Date", GREECE) == date(2026, 2, 1)


def test_americans_put_the_month_first():
    assert values.read_day("01/02/2026", "Date", AMERICA) == date(2026, 1, 2)


def test_two_figures_of_a_year_never_lie_far_ahead():
    assert values.read_day("1.2.36", "Born", ISRAEL) == date(2036, 2, 1)
    assert values.read_day("1.2.37", "Born", ISRAEL) == date(1937, 2, 1)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31/02/2026", "25/13/2026", "0000-00-00", "00/00/0000", "1/2", "2026", "1e5",
     "٠١/٠٢/٢٠٢٦x", "1/2/3/4", "9" * 5000, "-1-2-2026x", "01/25/2026"],
)  # fmt: skip
def test_refuses_what_is_no_date(text):
    with pytest.raises(refusals.NotADay, match="24/11/2026"):
        values.read_day(text, "Date", ISRAEL)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "1849-12-31", "2026-11-25"])
def test_refuses_days_beyond_what_can_be(text):
    with pytest.raises(refusals.DayOutOfRange, match="1 Jan 1850"):
        values.day_between(date(1850, 1, 1))(text, "Birthday", ISRAEL)


@pytest.mark.parametrize(
    ("text", "place", "number"),
    [
        ("1234.5", ISRAEL, "1234.5"), ("1,234.50", ISRAEL, "1234.50"), ("1,234", ISRAEL, "1234"),
        ("12,5", ISRAEL, "12.5"), ("1.234,50", ISRAEL, "1234.50"), ("1.234.567", ISRAEL, "1234567"),
        ("1,234,567.8", GREECE, "1234567.8"), ("1.234,50", GREECE, "1234.50"),
        ("1.234", GREECE, "1234"), ("12.5", GREECE, "12.5"), ("0,125", ISRAEL, "0.125"),
        ("-5", ISRAEL, "-5"), ("5-", ISRAEL, "-5"), ("(5.20)", ISRAEL, "-5.20"),
        ("\u22125", ISRAEL, "-5"), ("1 234,5", GREECE, "1234.5"), ("1'234.5", ISRAEL, "1234.5"),
        ("+7", ISRAEL, "7"), (".5", ISRAEL, "0.5"), ("1.234", ISRAEL, "1.234"),
    ],
)  # fmt: skip
def test_numbers_as_the_country_writes_them(text, place, number):
    assert values.read_number(text, "Quantity", place) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3,4,5", "12,34,56", "1,2345.6", "--", ".", "1e5", "٣x"]
)
def test_refuses_what_is_no_number(text):
    with pytest.raises(refusals.NotANumber):
        values.read_number(text, "Quantity", ISRAEL)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("₪1,234.50", Amount(Decimal("1234.50"), "ILS")), ("-₪5", Amount(Decimal(-5), "ILS")),
        ("1,234.50 ₪", Amount(Decimal("1234.50"), "ILS")), ("€ -3,20", Amount(Decimal("-3.20"), "EUR")),
        ("\u200f-1,234.50\u00a0\u200f₪", Amount(Decimal("-1234.50"), "ILS")),
        ('12.50 ש"ח', Amount(Decimal("12.50"), "ILS")), ("USD 7", Amount(Decimal(7), "USD")),
        ("0.00", Amount(Decimal(0))), ("(40)", Amount(Decimal(-40))), ("11.77", Amount(Decimal("11.77"))),
    ],
)  # fmt: skip
def test_amounts_with_or_without_their_currency(text, amount):
    assert values.read_amount(text, "Amount", ISRAEL) == amount


@pytest.mark.parametrize(
    ("text", "place"), [("1.234", ISRAEL), ("₪ 12.500", ISRAEL), ("1,234", GREECE)]
)
def test_never_guesses_by_thousands(text, place):
    with pytest.raises(refusals.TwoReadings):
        values.read_amount(text, "Amount", place)


@pytest.mark.parametrize("text", ["free", "5 apples", "12 and 13", "", "₪"])
def test_refuses_what_is_no_amount(text):
    with pytest.raises(refusals.NotANumber):
        values.read_amount(text, "Amount", ISRAEL)


def test_choices_by_value_label_or_word_in_any_language():
    read = values.choice_of([("person", "Person"), ("organisation", "Company")],
                            {"person": ("ιδιώτης", "פרטי")})  # fmt: skip

    assert {read(word, "Kind", ISRAEL) for word in ("person", "PERSON", "Ιδιώτης", "פרטי")} == {
        "person"
    }
    assert read("company", "Kind", ISRAEL) == "organisation"
    with pytest.raises(refusals.NotAChoice, match="Person, Company"):
        read("alien", "Kind", ISRAEL)


def test_text_fits_in_one_line():
    read = values.text_of(5)

    assert read("a  b", "Name", ISRAEL) == "a b"
    with pytest.raises(refusals.CellTooLong, match="6 characters; at most 5"):
        read("abcdef", "Name", ISRAEL)
    with pytest.raises(refusals.ManyLines):
        read("a\nb", "Name", ISRAEL)


@given(st.text(max_size=60), st.sampled_from([ISRAEL, GREECE, AMERICA]))
def test_no_text_makes_it_fall_over(text, place):
    for read in (values.read_day, values.read_number, values.read_amount):
        try:
            read(text, "Column", place)
        except Refusal as refusal:
            assert str(refusal)


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([ISRAEL, GREECE]))
def test_a_plain_amount_is_itself(number, place):
    text = f"{number:.2f}"

    assert values.read_amount(text, "Amount", place).number == number
