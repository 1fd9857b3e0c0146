"""Which line of a table holds its headings, and which lines below are no records.

Above the headings people put titles and dates of printing, below the records sums and page numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kesher.core.text import fold

LOOKED_AT = 40  # first records
DEEPEST = 20  # of them, above which headings are looked for
FIGURES = re.compile(r"[\d\s.,:/+%()₪€$£-]*\d[\d\s.,:/+%()₪€$£-]*")
SUM = re.compile(
    r"(grand |sub)?totals?( amount)?|sum|סהכ( כללי)?|סך ?הכו?ל|(γενικο )?συνολ[οα]|αθροισμα"
)
FOOTNOTE = re.compile(
    r"(printed|generated|exported|page|records|rows|report|הופק|הודפס|עמוד|דף|מספר רשומות|"
    r"סהכ רשומות|εκτυπωθηκε|σελιδα|εγγραφες)\b.*\d"
)

Rows = Sequence[tuple[int, list[str]]]
Knows = Callable[[str], bool]


def heading_place(first: Rows, knows: Knows) -> int | None:
    """Which of the first rows holds the headings; None when there are none.

    A row of which several cells are known headings, else the first that is as wide as the table, if
    it looks like no record.
    """
    known = [sum(knows(cell) for cell in set(cells) if cell.strip()) for _n, cells in first]
    if not known:
        return None
    most = max(known[:DEEPEST])
    if most > 1 or (most and max(len(_filled(cells)) for _n, cells in first) == 1):
        at = next(at for at, count in enumerate(known) if count * 2 >= most and count)
        return at + 1 if _heads_groups(first, at, known) else at
    usual = _usual_width(first)
    for at, (_number, cells) in enumerate(first[:DEEPEST]):
        filled = _filled(cells)
        if known[at] or len(set(filled)) * 2 > usual:
            return at if known[at] or not _is_data(filled) else None
    return None


def _is_data(filled: Sequence[str]) -> bool:
    """Whether a row holds what no heading says: figures only, a long number, a date, an address."""
    return all(FIGURES.fullmatch(cell) for cell in filled) or any(
        "@" in cell or (FIGURES.fullmatch(cell) and sum(map(str.isdigit, cell)) > 5)
        for cell in filled
    )


def _heads_groups(first: Rows, at: int, known: Sequence[int]) -> bool:
    """Whether the headings stand below this line, which only says what some of them share."""
    if at + 1 >= len(first) or not known[at + 1]:
        return False
    above, below = (_filled(first[each][1]) for each in (at, at + 1))
    has_gaps = len(set(above)) < max(len(cells) for _number, cells in first)
    return has_gaps and not any(FIGURES.fullmatch(cell) for cell in below)


def _filled(cells: Sequence[str]) -> list[str]:
    return list(filter(None, map(str.strip, cells)))


def _usual_width(rows: Rows) -> int:
    widths = sorted(len(_filled(cells)) for _number, cells in rows)
    return widths[len(widths) // 2]


def headings_of(rows: Rows, place: int, knows: Knows) -> list[str]:
    """The headings in a row; where it says too little, with what stands above it."""
    cells = [" ".join(cell.split()) for cell in rows[place][1]]
    above = [" ".join(cell.split()) for cell in rows[place - 1][1]] if place else []
    if len(set(_filled(above))) < 2:  # a title over the whole table says nothing of a column
        return cells
    return [
        _together(cell, above[at] if at < len(above) else "", knows)
        for at, cell in enumerate(cells)
    ]


def _together(cell: str, above: str, knows: Knows) -> str:
    if not above or fold(above) == fold(cell):
        return cell
    if not cell:
        return above
    whole = next((one for one in (f"{above} {cell}", f"{cell} {above}") if knows(one)), "")
    return whole or (above if knows(above) and not knows(cell) else cell)


def is_no_record(cells: Sequence[str], columns: int) -> bool:
    """Whether a line below the headings holds a sum or a note about the whole table."""
    filled = _filled(cells)
    if columns < 2 or not filled or len(filled) * 2 > columns + 1:
        return False
    first = fold(filled[0])
    if SUM.fullmatch(first.rstrip("0123456789.,:₪€$ ")):
        return all(FIGURES.fullmatch(one) for one in filled[1:])
    return len(filled) == 1 and columns > 2 and bool(FOOTNOTE.match(first))
