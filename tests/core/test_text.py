"""Text as people type it."""

import pytest

from kesher.core.text import clean, fold, words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Anne-Marie O’Brien", "anne marie obrien"),
        ("שָׁלוֹם בן־גוריון", "שלומ בנ גוריונ"),
        ('ד"ר כהן', "דר כהנ"),
        ("ד״ר כהן", "דר כהנ"),
        ("ΆΓΓΕΛΟΣ", "αγγελοσ"),
        ("Άγγελος", "αγγελοσ"),
        ("straße ﬁne", "strasse fine"),
        ("one\ntwo\tthree", "one two three"),
        ("ab\u200f\u202ec", "abc"),
        ("٠٥٢ ０５２", "052 052"),
        ("", ""),
    ],
)
def test_folds_to_what_people_type(typed, folded):
    assert fold(typed) == folded


def test_folding_twice_is_folding_once():
    for code in range(0x30000):
        if not 0xD800 <= code < 0xE000:
            once = fold(f"a{chr(code)}b")
            assert fold(once) == once, hex(code)


def test_words_are_letters_and_digits():
    assert words("C-100, (noa@example.test)") == ["c", "100", "noa", "example", "test"]
    assert words("😀 %_\\ '") == []


def test_clean_keeps_lines_and_drops_what_nobody_types():
    assert clean(" a\r\nb\x00\x07\ud800\u202e\u2066c ") == "a\nbc"
