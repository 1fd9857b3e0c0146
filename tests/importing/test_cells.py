import contextlib
import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesher.core.importing.cells import BLANKS, LONGEST_CELL, guess_separator, records
from kesher.core.importing.refusals import LineTooLong, QuoteNeverClosed


def read(text, separator=","):
    return list(records(io.StringIO(text, newline=""), separator))


def test_cells_with_the_number_of_their_line():
    text = 'a,b\r\n"1,5","two\nlines"\n\n , \nx,y\n'

    assert read(text) == [(1, ["a", "b"]), (2, ["1,5", "two\nlines"]), (6, ["x", "y"])]


def test_doubled_marks_are_one():
    assert read('"say ""hi""",x\n') == [(1, ['say "hi"', "x"])]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('5,"חברת לוי בע"מ",חיפה', ["5", 'חברת לוי בע"מ', "חיפה"]),
        ('"ד"ר כהן","Rina "Rini" Levi"', ['ד"ר כהן', 'Rina "Rini" Levi']),
        ('בע"מ,x', ['בע"מ', "x"]),
        ('"Rini" Cohen,x', ['"Rini" Cohen', "x"]),
        ('1, "x, y" ,2', ["1", "x, y", "2"]),
    ],
)
def test_marks_inside_a_word_stay(line, cells):
    assert read(line + "\n7,ok\n") == [(1, cells), (2, ["7", "ok"])]


def test_reading_goes_on_after_an_unruly_line():
    found = read('h,i\n1,"בע"מ"\n2,fine\n3,"לוי\nבע"מ"\n4,end\n')

    assert found == [
        (1, ["h", "i"]), (2, ["1", 'בע"מ']), (3, ["2", "fine"]), (4, ["3", 'לוי\nבע"מ']),
        (6, ["4", "end"]),
    ]  # fmt: skip


@pytest.mark.parametrize("tail", ["", "x,y\n" * 10, "x" * (LONGEST_CELL + 10)])
def test_a_mark_that_is_never_closed_names_its_line(tail):
    with pytest.raises(QuoteNeverClosed) as refused:
        read('a,b\n1,2\n3,"open\n' + tail)
    assert refused.value.named["line"] == 3


def test_a_line_without_end_is_refused_before_it_is_all_read():
    class Endless(io.StringIO):
        def readline(self, size=-1):
            assert size > 0
            return "x" * size

    with pytest.raises(LineTooLong):
        next(records(Endless(), ","))


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b,c\n1,2,3\n", ","), ("a;b;c\n1,5;2,5;3\n", ";"), ("a\tb\n1, 2\t3\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"), ("name\nDana\n", ","), ("a,b\n\"x;y;z\",2\n", ","),
        (" id  date n  amount\n 001 19970101  1   11.77\n 002 19970112  1   12.00\n", BLANKS),
        ("full name\nDana Levi\n", ","),
    ],
)  # fmt: skip
def test_the_separator_is_told_by_the_first_lines(text, separator):
    assert guess_separator(text) == separator


def test_columns_set_apart_by_blanks():
    assert read(" id  date\n\n 001   19970101 \n", BLANKS) == [
        (1, ["id", "date"]), (3, ["001", "19970101"]),
    ]  # fmt: skip


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12).map(
    str.strip
)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=8)


@given(rows=ROWS, separator=st.sampled_from(",;\t|"), quoting=st.sampled_from([0, 1]),
       ending=st.sampled_from(["\n", "\r\n"]))  # fmt: skip
def test_what_a_program_writes_by_the_rules_comes_back(rows, separator, quoting, ending):
    held = io.StringIO(newline="")
    csv.writer(held, delimiter=separator, quoting=quoting, lineterminator=ending).writerows(rows)

    found = [cells for _number, cells in read(held.getvalue(), separator)]

    assert found == [row for row in rows if any(cell.strip() for cell in row)]


@given(st.text(max_size=300), st.sampled_from(",;\t|"))
def test_no_text_makes_it_fall_over(text, separator):
    with contextlib.suppress(QuoteNeverClosed):
        read(text, separator)


def test_a_long_line_full_of_marks_takes_no_long_time():
    line = '"a' + '" "x"' * 150_000 + ",b\n"
    started = time.monotonic()
    with contextlib.suppress(QuoteNeverClosed):
        read(line + line)
    assert time.monotonic() - started < 10
