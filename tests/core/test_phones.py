"""Telephone numbers as people write them."""

import pytest

from kesher.core.phones import (
    digits,
    own_digits,
    parse_phone,
    readings_of_digits,
    show_phone,
    split_phones,
)


@pytest.mark.parametrize(
    ("typed", "region", "normal", "extension"),
    [
        ("052-647-3190", "IL", "+972526473190", ""),
        ("972526473190", "IL", "+972526473190", ""),
        ("00972526473190", "IL", "+972526473190", ""),
        ("+9720526473190", "IL", "+972526473190", ""),
        ("\u200e052-647-3190\u202c", "IL", "+972526473190", ""),
        ("٠٥٢٦٤٧٣١٩٠", "IL", "+972526473190", ""),
        ("054-1234567", "IL", "+972541234567", ""),
        ("1-700-500-600", "IL", "+9721700500600", ""),
        ("*2700", "IL", "*2700", ""),
        ("03-1234567 שלוחה 12", "IL", "+97231234567", "12"),
        ("03-5051051/12", "IL", "+97235051051", "12"),
        ("210 123 4567 εσωτ. 5", "GR", "+302101234567", "5"),
        ("6941234567", "GR", "+306941234567", ""),
        ("mother 052-6473190", "IL", "+972526473190", ""),
        ("052-647-3190 אחרי 5", "IL", "+972526473190", ""),
        ("02-6232323, 052-1234567", "IL", "+97226232323", ""),
    ],
)
def test_reads_what_people_write(typed, region, normal, extension):
    phone = parse_phone(typed, region)

    assert (phone.raw, phone.normal, phone.extension) == (typed, normal, extension)


@pytest.mark.parametrize("odd", ["", "later", "+", "😀", "a\x00b", "x" * 10_000, "1" * 10_000])
def test_never_fails(odd):
    assert not parse_phone(odd, "IL").is_possible


@pytest.mark.parametrize(
    ("normal", "region", "shown"),
    [
        ("+972526473190", "IL", "052-647-3190"),
        ("+972526473190", "GR", "+972 52-647-3190"),
        ("+302101234567", "GR", "210 123 4567"),
        ("+306941234567", "IL", "+30 694 123 4567"),
        ("*2700", "IL", "*2700"),
        ("12", "IL", "12"),
    ],
)
def test_shows_it_as_the_country_does(normal, region, shown):
    assert show_phone(normal, region) == shown


def test_a_cell_with_two_numbers():
    assert split_phones("02-6232323, 052-1234567") == ["02-6232323", "052-1234567"]
    assert split_phones("02-6232323") == ["02-6232323"]


def test_all_ways_to_write_a_number_share_its_own_digits():
    assert own_digits("+972526473190") == own_digits("0526473190") == "526473190"
    assert own_digits("+97235051051;ext=12") == "35051051"
    for typed in ("0526473190", "+972 52-6473190", "00972526473190", "972526473190"):
        assert "526473190" in readings_of_digits(typed)


def test_digits_of_any_script():
    assert digits("٠5２-x") == "052"
