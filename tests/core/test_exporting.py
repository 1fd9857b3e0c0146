"""Files for other programs: no formula runs, and what went out comes back the same."""

import csv
import datetime
import io
import re
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kesher.core import exporting
from kesher.core.exporting import (
    BOM,
    Column,
    TooManyRows,
    Words,
    cells_of,
    columns_of,
    csv_lines,
    file_name,
    neutral,
    restore,
    write_xlsx,
)  # fmt: skip
from kesher.core.fields import Field, Money, Ref, Type

TRIGGERS = "=+-@%＝＋－＠−"
BEFORE = [
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\0",
    '"',
    ",",
    ";",
    "|",
    "\u200f",
    "\u200e",
    "\ufeff",
    "\u00a0 ",
]
tricky = st.text(
    alphabet=st.sampled_from("=+-@%＝＋－＠−' \t\r\n\0\",;|\u200f\u200e\ufeffab1א")
    | st.characters(exclude_categories=("Cs",)),  # no database holds half a sign
    max_size=12,
)
FORMULA = re.compile(
    '(^|[\\t\\r\\n"`,;|:\\0])[ \u00a0\u200b\u200e\u200f\u061c\u2007\u202f\ufeff\x01-\x08\x0b\x0c'
    f"\x0e-\x1f]*[{re.escape(TRIGGERS)}]"
)


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("before", BEFORE, ids=repr)
def test_nothing_begins_as_a_formula(before, trigger):
    text = f"{before}{trigger}HYPERLINK(1)"
    assert FORMULA.search(text)
    assert not FORMULA.search(neutral(text))
    assert restore(neutral(text)) == text


@given(tricky)
@example("'=1")
@example("''+972521234567")
@example("'")
def test_what_goes_out_comes_back_the_same(text):
    assert restore(neutral(text)) == text
    assert not FORMULA.search(neutral(text))


@pytest.mark.parametrize("text", ["'twas", "O'Brien", "Mar 'n Co", "", "plain"])
def test_text_of_other_programs_stays_as_it_is(text):
    assert restore(text) == text


@given(st.lists(st.lists(tricky, min_size=2, max_size=2), max_size=5))
def test_a_file_is_read_back_as_it_was_written(rows):
    columns = [Column("Name", Type.TEXT), Column("=Note", Type.LONG)]
    written = b"".join(csv_lines(columns, rows)).decode("utf-8")
    assert written.startswith(BOM)
    # A reader of CSV knows no lone \r inside a cell but as part of it, when quoted.
    read = list(csv.reader(io.StringIO(written.removeprefix(BOM), newline="")))
    assert [[restore(cell) for cell in row] for row in read] == [["Name", "=Note"], *rows]


def test_a_phone_number_keeps_its_plus():
    row = b"".join(csv_lines([Column("Telephone", Type.PHONE)], [["+972526473190"]]))
    cell = row.decode().splitlines()[1]
    assert cell == "'+972526473190"
    assert restore(cell) == "+972526473190"


def test_numbers_and_days_are_ours_and_stay_bare():
    values = [Decimal("-12.50"), -3, datetime.date(2026, 2, 1)]
    row = b"".join(csv_lines([Column(c, Type.TEXT) for c in "abc"], [values]))
    assert row.decode().splitlines()[1] == "-12.50,-3,2026-02-01"


FIELDS = (
    Field(name="name", label="Name"),
    Field(name="bought", label="Bought", type=Type.MONEY, currency="c"),
    Field(name="tags", label="Tags", type=Type.REF),
    Field(name="stage", label="Stage", type=Type.CHOICE),
    Field(name="on", label="On", type=Type.DATE),
    Field(name="at", label="At", type=Type.MOMENT),
    Field(name="old", label="Old", type=Type.FLAG),
)
MOMENT = datetime.datetime(2026, 11, 24, 8, 12, tzinfo=datetime.UTC)
VALUES = [
    "\u200f=נועה", Money(Decimal("1280.50"), "ILS"), [Ref(1, "Calm"), Ref(2, "Gold")], "new",
    datetime.date(2026, 2, 1), MOMENT, True,
]  # fmt: skip
WORDS = Words({"stage": {"new": "New"}}, "Yes", "No")


def test_an_amount_has_its_currency_beside_it():
    assert [column.title for column in columns_of(FIELDS)][:3] == [
        "Name",
        "Bought",
        "Bought, currency",
    ]
    cells = cells_of(FIELDS, VALUES, WORDS)
    assert cells[1:5] == [Decimal("1280.50"), "ILS", "Calm, Gold", "New"]
    assert cells[0] == "=נועה"  # without the mark of direction
    assert cells[-1] == "Yes"


@pytest.mark.parametrize("right_to_left", [True, False])
def test_a_sheet_has_types_and_runs_nothing(tmp_path, right_to_left):
    path = tmp_path / "list.xlsx"
    cells = cells_of(FIELDS, VALUES, WORDS)
    number = write_xlsx(
        path, "Customers: all/every", columns_of(FIELDS), [cells], right_to_left=right_to_left
    )
    sheet = openpyxl.load_workbook(path).active
    row = list(sheet[2])
    assert number == 1
    assert bool(sheet.sheet_view.rightToLeft) is right_to_left
    assert (row[0].value, row[0].data_type) == ("=נועה", "s")
    assert (row[1].value, row[1].data_type) == (1280.5, "n")
    assert row[5].value == datetime.datetime(2026, 2, 1)
    assert row[6].is_date


@pytest.mark.parametrize(
    "text", ["=1+1", "+972521234567", "http://example.test", "007", "a\0b\x1fc"]
)
def test_text_stays_text_in_a_sheet(tmp_path, text):
    path = tmp_path / "list.xlsx"
    write_xlsx(path, "x", [Column("x", Type.TEXT)], [[text]], right_to_left=False)
    cell = openpyxl.load_workbook(path).active["A2"]
    assert cell.data_type == "s"
    assert cell.value == "".join(c for c in text if c >= " ")
    assert cell.hyperlink is None


def test_a_cell_that_is_too_long_is_cut_and_says_so(tmp_path):
    path = tmp_path / "list.xlsx"
    write_xlsx(path, "x", [Column("x", Type.TEXT)], [["a" * 200_000]], right_to_left=False)
    value = openpyxl.load_workbook(path).active["A2"].value
    assert len(value) == 32_767
    assert value.endswith("…")


def test_refuses_more_rows_than_a_sheet_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_ROWS", 3)
    with pytest.raises(TooManyRows):
        write_xlsx(
            tmp_path / "x.xlsx", "x", [Column("x", Type.TEXT)], [["a"]] * 4, right_to_left=False
        )


@pytest.mark.parametrize("title", ["Customers", "לקוחות", "../../etc/passwd", "", "a/b\\c:d"])
def test_a_file_is_called_after_what_it_holds(title):
    name = file_name(title, datetime.date(2026, 11, 24), "csv")
    assert re.fullmatch(r"[\w-]+-2026-11-24\.csv", name)
