"""Files as people hand them in, and files that are none: the answer is clear and comes in time."""

import os
import time
import tracemalloc

import pytest

from kesher.core.importing import refusals
from kesher.core.importing.keeping import new_file
from kesher.core.importing.reading import MOST_COLUMNS, Opening, open_table


@pytest.fixture
def table(tmp_path):
    def opened(content, **more):
        path = tmp_path / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(path, Opening(country="IL", rows=new_file, **more))

    return opened


def lines(table):
    return [(line.number, line.cells) for line in table.lines()]


def test_knows_headings_lines_and_count(table):
    found = table("Name;Phone\nDana;03-1234567\n\nNoa;\n")

    assert (found.headings, found.separator, found.count) == (("Name", "Phone"), ";", 2)
    assert lines(found) == [(2, ["Dana", "03-1234567"]), (4, ["Noa", ""])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1255"])
def test_hebrew_in_any_encoding(table, encoding):
    found = table("שם,עיר\nיוסף כהן,חיפה\n".encode(encoding))

    assert found.headings == ("שם", "עיר")
    assert lines(found) == [(2, ["יוסף כהן", "חיפה"])]


def test_an_encoding_that_was_said_is_used(table):
    assert table("שם\nאב\n".encode("cp862"), encoding="cp862").headings == ("שם",)


def test_old_line_ends_and_a_missing_last_one(table):
    assert lines(table("a,b\r1,2\r3,4")) == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_a_line_that_says_the_separator_is_obeyed(table):
    found = table("sep=|\na|b,c\n1|2\n")

    assert (found.headings, lines(found)) == (("a", "b,c"), [(3, ["1", "2"])])


def test_columns_without_headings_go_by_number(table):
    found = table("00001,1997-01-01,11.77\n00002,1997-01-12,12.00\n")

    assert (found.headings, found.count) == (("1", "2", "3"), 2)
    assert lines(found)[0] == (1, ["00001", "1997-01-01", "11.77"])


def test_short_lines_are_filled_and_long_ones_at_fault(table):
    faults = {line.number: line.fault for line in table("a,b\n1\n1,2,\n1,2,3\n").lines()}

    assert faults[2] is None and faults[3] is None
    assert isinstance(faults[4], refusals.TooManyCells)


def test_headings_again_in_the_middle_are_at_fault(table):
    faults = [line.fault for line in table("Name,Phone\nDana,1\nNAME, phone\nNoa,2\n").lines()]

    assert [type(fault) for fault in faults] == [type(None), refusals.RepeatsHeadings, type(None)]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", refusals.FileEmpty),
        (b" \n\n  \n", refusals.FileEmpty),
        (b"\xef\xbb\xbf", refusals.FileEmpty),
        (b"name,phone\n", refusals.FileEmpty),
        (b"name,phone\n\n,,\n", refusals.FileEmpty),
        (b"\x89PNG\r\n\x1a\n" + bytes(900), refusals.FileIsNotText),
        (os.urandom(5000), refusals.FileIsNotText),
        (b"PK\x03\x04" + os.urandom(500), refusals.WorkbookBroken),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), refusals.WorkbookBroken),
        (b'name,phone\nDana,1\n"Noa,2\nEli,3\n', refusals.QuoteNeverClosed),
        (b"a" + b",a" * MOST_COLUMNS + b"\n1\n", refusals.TooManyColumns),
    ],
)
def test_what_is_no_table_is_refused_whole(table, content, refusal):
    with pytest.raises(refusal) as refused:
        table(content)
    assert str(refused.value)


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(refusals.FileMissing, match="may not be read"):
            open_table(path, Opening(country="IL", rows=new_file))


@pytest.mark.parametrize(
    "content",
    [
        b"c" + b",c" * 1_000_000 + b"\n" + b"1" + b",1" * 1_000_000 + b"\n",
        b"name\n" + b"x" * 30_000_000,
        b'name\n"' + b"line\n" * 5_000_000,
        b"name,note\n" + b'1,"a"b"\n' * 50_000 + b'1,"open',
    ],
    ids=["million columns", "one endless line", "a cell without end", "many unruly lines"],
)
def test_huge_nonsense_is_refused_in_bounded_time_and_memory(table, content):
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(refusals.FileRefused):
        table(content)
    assert time.process_time() - started < 15
    assert tracemalloc.get_traced_memory()[1] < 200_000_000
    tracemalloc.stop()


def test_the_lines_of_a_large_file_are_never_all_in_memory(table):
    found = table(b"name,city\n" + b"Dana Levi,Haifa\n" * 100_000)
    tracemalloc.start()

    assert sum(1 for _line in found.lines()) == found.count == 100_000
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_file_changed_meanwhile_is_noticed(table):
    found = table("name\nDana\nNoa\n")
    reading = found.lines()
    next(reading)
    found.path.write_text("name\nDana\nEve\nMallory\n")

    with pytest.raises(refusals.FileChanged):
        list(reading)


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' C calc'!A0.csv", "<img src=x onerror=alert(1)>.csv", "\u202efdp.csv", "שלום עולם.csv",
        "a" * 250, "-rf.csv", "new\nline.csv", os.fsdecode(b"\xff\xfe.csv"),
    ],
)  # fmt: skip
def test_hostile_file_names_are_only_names(tmp_path, name):
    path = tmp_path / name
    path.write_text("name\nDana\n")

    assert open_table(path, Opening(country="IL", rows=new_file)).count == 1
    shown = refusals.shown(path.name, 160)
    assert shown.isprintable()
    assert shown.encode()


def test_damage_stays_in_its_line(table):
    found = table(b"name\nDana\nda\xed\xa0\x80na\nNU\x00L\nNoa\n")

    assert [cells[0] for _number, cells in lines(found)][::3] == ["Dana", "Noa"]
    assert found.count == 4
