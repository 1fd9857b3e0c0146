"""The same table in any form and dress says the same: generated, written, read again."""

import csv
import io
import json

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.core.importing.keeping import new_file
from kesher.core.importing.reading import Opening, open_table

TEXT = st.text(
    st.one_of(
        st.sampled_from("abcdefgh ,;|\t\"'אבגדהוזחטיךםןףץαβγδεζάέή0123456789.-+=@()"),
        st.sampled_from("\n"),
    ),
    max_size=12,
).map(str.strip)
HEADINGS = ["first name", "family name", "phone", "email", "city", "notes"]
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
ROWS = st.lists(st.lists(TEXT, min_size=6, max_size=6).filter(any), min_size=1, max_size=8)
KNOWN = {*HEADINGS}
OFTEN = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def read(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path

    def read(content):
        path = tmp_path / "table"
        path.write_bytes(content)
        how = Opening(country="IL", rows=new_file, knows=KNOWN.__contains__)
        table = open_table(path, how)
        return list(table.headings), [line.cells for line in table.lines()]

    return read


@OFTEN
@given(rows=ROWS, separator=st.sampled_from(",;\t|"), encoding=ENCODINGS,
       ends=st.sampled_from(["\r\n", "\n"]), quoting=st.sampled_from([0, 1]))  # fmt: skip
def test_text(read, rows, separator, encoding, ends, quoting):
    held = io.StringIO()
    writer = csv.writer(held, delimiter=separator, lineterminator=ends, quoting=quoting)
    writer.writerows([HEADINGS, *rows])

    headings, found = read(held.getvalue().encode(encoding))

    assert headings == HEADINGS
    assert [[_bare(cell) for cell in cells] for cells in found] == [
        [_bare(cell) for cell in cells] for cells in rows
    ]


@settings(OFTEN, max_examples=8)  # each begins a process
@given(rows=ROWS, above=st.integers(0, 3))
def test_a_sheet_with_titles_above(read, rows, above):
    book = openpyxl.Workbook()
    sheet = book.active
    for at in range(above):
        sheet.append([f"Title {at}"])
    for row in [HEADINGS, *rows]:
        sheet.append([None] * len(row))
        for at, cell in enumerate(row, 1):
            one = sheet.cell(sheet.max_row if sheet.max_row > above else above + 1, at)
            one.value, one.data_type = cell or None, "s"
    held = io.BytesIO()
    rows_written = _written(sheet, above)
    book.save(held)

    headings, found = read(held.getvalue())

    assert headings == HEADINGS
    assert found == [row for row in rows_written if any(row)]


def _written(sheet, above):
    return [
        [str(cell or "").strip() for cell in row]
        for row in sheet.iter_rows(min_row=above + 2, max_col=6, values_only=True)
    ]


@OFTEN
@given(rows=ROWS, encoding=ENCODINGS, as_list=st.booleans())
def test_objects(read, rows, encoding, as_list):
    made = [dict(zip(HEADINGS, row, strict=True)) for row in rows]
    text = json.dumps(made) if as_list else "\n".join(map(json.dumps, made))

    headings, found = read(text.encode(encoding))

    assert headings == HEADINGS
    assert found == rows


@OFTEN
@given(rows=ROWS, fold=st.booleans(), version=st.sampled_from(["2.1", "3.0", "4.0"]))
def test_cards(read, rows, fold, version):
    lines = []
    for first, last, *_more, notes in rows:
        first, last = (one.replace("\n", " ") for one in (first, last))
        lines += ["BEGIN:VCARD", f"VERSION:{version}", f"N:{_said(last)};{_said(first or 'x')};;;",
                  f"NOTE:{_said(notes)}", "END:VCARD"]  # fmt: skip
    if fold:
        lines = [f"{line[:9]}\r\n {line[9:]}" if len(line) > 20 else line for line in lines]

    _headings, found = read("\r\n".join(lines).encode())

    assert [(cells[0], cells[1], cells[-1]) for cells in found] == [
        (row[0].replace("\n", " ") or "x", row[1].replace("\n", " "), row[5]) for row in rows
    ]


def _said(text):
    for mark in "\\;,":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _bare(cell):
    return cell.strip(" ")
