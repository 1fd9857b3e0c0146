"""The menus over a list: which columns, put together by what, which actions on many rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kesher.core.access import Actor
from kesher.surface.lists.asking import Ask
from kesher.surface.lists.declaring import Action, Input


@dataclass(frozen=True)
class ColumnLine:
    """A field that may be a column: whether it is one, and whether it can be moved."""

    name: str
    label: Any
    is_on: bool
    width: str = ""
    is_fixed: bool = False
    is_first: bool = False
    is_last: bool = False


def column_lines(ask: Ask, actor: Actor) -> list[ColumnLine]:
    """The columns in their order, and after them the fields that could be columns too."""
    fields = ask.listing.fields(actor)
    lines = [
        ColumnLine(
            name, fields[name].label, True, dict(ask.widths).get(name, ""), is_fixed=at == 0,
            is_first=at <= 1, is_last=at == len(ask.columns) - 1,
        )
        for at, name in enumerate(ask.columns)
    ]  # fmt: skip
    rest = [one for one in fields.values() if one.shown and one.name not in ask.columns]
    rest.sort(key=lambda one: str(one.label).casefold())
    return [*lines, *(ColumnLine(one.name, one.label, False) for one in rest)]


@dataclass(frozen=True)
class GroupLine:
    """A field to put rows together by, and the query of the list when one does."""

    name: str
    label: Any
    query: str
    place: int = 0  # 1 or 2 when it is chosen


def group_lines(ask: Ask, actor: Actor) -> list[GroupLine]:
    """The fields that rows can be put together by; choosing one that is chosen lets it go."""
    lines = []
    for one in ask.listing.fields(actor).values():
        if not one.groups:
            continue
        if one.name in ask.groups:
            place = ask.groups.index(one.name) + 1
            groups = [name for name in ask.groups if name != one.name]
        else:
            place, groups = 0, [*ask.groups[:1], one.name]
        lines.append(GroupLine(one.name, one.label, ask.grouped_by(*groups).query(), place))
    return sorted(lines, key=lambda line: (line.place or 9, str(line.label).casefold()))


@dataclass(frozen=True)
class InputLine:
    """What an action wants to know: a choice, a text or a day."""

    name: str
    type: str
    label: Any
    choices: list[tuple[str, str]]
    is_optional: bool


def actions_now(ask: Ask, actor: Actor) -> list[Action]:
    """What the actor may do with many rows of this list as it stands."""
    held = {term.field: term.values for term in ask.terms if term.op == "is"}
    return [
        one
        for one in ask.listing.actions_for(actor)
        if all(_holds(held, name, value, ask) for name, value in one.when.items())
    ]


def input_lines(action: Action, actor: Actor) -> list[InputLine]:
    """What an action wants to know."""
    return [_input(action.key, one, actor) for one in action.inputs]


def _holds(held: dict[str, tuple[str, ...]], name: str, value: str, ask: Ask) -> bool:
    standing = ask.listing.standing.get(name)
    return held.get(name, (standing,) if standing else ()) == (value,)


def _input(action: str, one: Input, actor: Actor) -> InputLine:
    choices = [(str(v), str(label)) for v, label in one.choices(actor)] if one.choices else []
    return InputLine(f"{action}.{one.name}", one.type, one.label, choices, one.is_optional)
