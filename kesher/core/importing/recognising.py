"""Which column of a file brings which field, told by its heading in any of our languages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from django.conf import settings
from django.utils import translation

from kesher.core.importing.kinds import (
    Column,
    Importable,
    column_of,
    importable_kinds,
    labels_of,
)
from kesher.core.importing.reading import Table, heads
from kesher.core.importing.refusals import (
    ColumnsMissing,
    FieldTwice,
    HeadingTwice,
    NoSuchColumn,
    NoSuchField,
    NoSuchMatch,
    OtherKind,
    shown,
)
from kesher.core.text import fold

ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
JOINTS = re.compile(r"[\W_]+")
COUNTERS = re.compile(r"\b\d{1,2}\b|(?<=[^\W\d])\d{1,2}$")

Columns = dict[str, tuple[int, ...]]
Said = Mapping[str, Sequence[str]]


def heading_key(heading: str) -> str:
    """A heading without what people write now this way and now that."""
    bare = ASIDE.sub(" ", heading) if ASIDE.sub("", heading).strip() else heading
    return JOINTS.sub(" ", fold(bare)).strip()


def recognise(
    kind: Importable, headings: Sequence[str], cells: Sequence[Sequence[str]] = ()
) -> Columns:
    """The columns of a file whose headings are known.

    `cells` are some of each column: of several that fit a field the fullest brings it, and what is
    known by no heading may be known by how it looks.
    """
    known = known_headings(kind)
    found: dict[str, list[int]] = {}
    for at, heading in enumerate(headings):
        key = heading_key(heading)
        name = _named(known, heading)
        if name is None:
            continue
        held = found.setdefault(name, [])
        if not held or column_of(kind, name).is_many:
            held.append(at)
        elif heading_key(headings[held[0]]) == key:
            raise HeadingTwice(heading=shown(heading))
        elif cells and len(cells[at]) > len(cells[held[0]]):
            held[0] = at
    found = kind.settled(found, headings)
    taken = {at for places in found.values() for at in places}
    for at, some in enumerate(cells):
        name = _by_looks(kind, some) if at not in taken else None
        if name and (name not in found or column_of(kind, name).is_many):
            found.setdefault(name, []).append(at)
    return {name: tuple(places) for name, places in found.items()}


def _named(known: Mapping[str, str], heading: str) -> str | None:
    """The field that a heading names, whatever number stands in it, as in “E-mail 1 - Value”."""
    key = heading_key(heading)
    bare = " ".join(COUNTERS.sub(" ", key).split())
    return known.get(key) or known.get(bare)


def _by_looks(kind: Importable, cells: Sequence[str]) -> str | None:
    """The field whose cells look like these, nearly all of them."""
    for column in kind.columns:
        if column.looks_like and len(cells) > 1:
            alike = sum(bool(column.looks_like.fullmatch(cell)) for cell in cells)
            if alike * 10 >= len(cells) * 9:
                return column.name
    return None


def heading_known_to(kinds: Sequence[Importable]) -> Callable[[str], bool]:
    """Whether a heading names a field of one of these kinds."""
    known = {key: name for kind in kinds for key, name in known_headings(kind).items()}
    return lambda heading: _named(known, heading) is not None


def shape_key(headings: Sequence[str]) -> str:
    """What files with the very same headings have in common."""
    return hashlib.sha256("\n".join(map(heading_key, headings)).encode()).hexdigest()


def known_headings(kind: Importable) -> dict[str, str]:
    """Every heading that names a field of the kind: name, label in each language, and synonyms."""
    known: dict[str, str] = {}
    for column in kind.columns:
        for heading in (column.name, *_labels(column), *column.known_as):
            known.setdefault(heading_key(heading), column.name)
    return known


def _labels(column: Column) -> Iterable[str]:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield str(column.label)


def said_columns(kind: Importable, table: Table, said: Said) -> Columns:
    """The columns that somebody chose: each field by headings of columns or by their numbers."""
    chosen: Columns = {}
    for name, columns in said.items():
        if name not in {one.name for one in kind.columns}:
            fields = ", ".join(one.name for one in kind.columns)
            raise NoSuchField(field=shown(name), fields=fields)
        if len(columns) > 1 and not column_of(kind, name).is_many:
            raise FieldTwice(field=str(column_of(kind, name).label))
        chosen[name] = tuple(_place_of(table, column) for column in columns)
    return chosen


def _place_of(table: Table, column: str) -> int:
    wanted = column.strip()
    exact = [at for at, heading in enumerate(table.headings) if heading == wanted]
    alike = [
        at for at, head in enumerate(table.headings) if heading_key(head) == heading_key(wanted)
    ]
    for places in (exact, alike):
        if len(places) > 1:
            raise HeadingTwice(heading=shown(wanted))
        if places:
            return places[0]
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(table.headings):
        return int(wanted) - 1
    raise NoSuchColumn(column=shown(wanted), headings=heads(table.headings))


def columns_for(
    kind: Importable, table: Table, said: Said, cells: Sequence[Sequence[str]] = ()
) -> Columns:
    """What somebody said, and for the rest what is recognised."""
    chosen = said_columns(kind, table, said)
    taken = {at for places in chosen.values() for at in places}
    known = known_headings(kind)
    left = [
        "" if at in taken or known.get(heading_key(heading)) in chosen else heading
        for at, heading in enumerate(table.headings)
    ]
    found = recognise(kind, left, [() if at in taken else some for at, some in enumerate(cells)])
    columns = {name: places for name, places in found.items() if name not in chosen} | chosen
    must_suffice(kind, table.headings, columns)
    return columns


def must_suffice(
    kind: Importable, headings: Sequence[str], columns: Mapping[str, Sequence[int]]
) -> None:
    """Refuse a file without the columns that its kind cannot do without."""
    missing = [group for group in kind.needs if not set(group) & columns.keys()]
    if not missing:
        return
    wanted = "; ".join(labels_of(kind, group[:4]) for group in missing)
    for other in importable_kinds():
        if other is not kind and _fits(other, headings):
            raise OtherKind(other=other.label, kind=kind.label, missing=wanted)
    raise ColumnsMissing(missing=wanted, headings=heads(headings))


def guess_kind(kinds: Sequence[Importable], headings: Sequence[str]) -> Importable:
    """Which of some kinds a file brings: the one that most of its headings name."""
    fitting = [kind for kind in kinds if _fits(kind, headings)] or list(kinds)
    return max(fitting, key=lambda kind: len(_recognised(kind, headings)))


def _recognised(kind: Importable, headings: Sequence[str]) -> Columns:
    try:
        return recognise(kind, headings)
    except HeadingTwice:
        return {}


def _fits(kind: Importable, headings: Sequence[str]) -> bool:
    found = _recognised(kind, headings)
    is_told = not kind.told_by or not found.keys().isdisjoint(kind.told_by)
    return is_told and all(set(group) & found.keys() for group in kind.needs) and len(found) > 1


def columns_by_place(kind: Importable, chosen: Sequence[str]) -> Columns:
    """The columns as chosen in a form: of each column of the file its field, or nothing."""
    found: dict[str, list[int]] = {}
    for at, name in enumerate(chosen):
        if not name:
            continue
        if name not in {one.name for one in kind.columns}:
            raise NoSuchField(field=shown(name), fields=", ".join(c.name for c in kind.columns))
        held = found.setdefault(name, [])
        if held and not column_of(kind, name).is_many:
            raise FieldTwice(field=str(column_of(kind, name).label))
        held.append(at)
    return {name: tuple(places) for name, places in found.items()}


def checked_match(kind: Importable, match: Iterable[str]) -> tuple[str, ...]:
    """What lines are matched by, if they can be."""
    wanted = tuple(dict.fromkeys(filter(None, (name.strip() for name in match))))
    for name in wanted:
        if name not in kind.match_by:
            raise NoSuchMatch(field=shown(name), fields=", ".join(kind.match_by) or "—")
    return wanted


def telling(kind: Importable, columns: Container[str]) -> list[str]:
    """What makes a line the same record that is known already, unless a person says otherwise."""
    if kind.own_number in columns:
        return []
    there = [name for name in kind.match_by[:-1] if name in columns]
    return there or list(kind.match_by[-1:])


def telling_once(kind: Importable, columns: Columns, cells: Sequence[Sequence[str]]) -> list[str]:
    """Likewise of a file that comes once: a telephone that a family shares tells nobody."""

    def is_shared(name: str) -> bool:
        held = [JOINTS.sub("", fold(c)) for at in columns.get(name, ()) for c in cells[at]]
        return len(held) > len({*held})

    return [name for name in telling(kind, columns) if not is_shared(name)]
