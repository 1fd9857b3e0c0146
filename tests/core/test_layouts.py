"""The keyboard was in another language."""

import pytest

from kesher.core.layouts import other_readings


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hux;", "יוסף"),
        ("HUX;", "יוסף"),
        ("טםדקכ", "yosef"),
        ("ηελλο", "hello"),
        ("elenh", "ελενη"),
    ],
)
def test_reads_the_same_keys_in_the_other_language(typed, meant):
    assert meant in other_readings(typed)


def test_digits_and_mixed_scripts_have_no_other_reading():
    assert other_readings("052") == []
    assert other_readings("יוסף cohen") == []
