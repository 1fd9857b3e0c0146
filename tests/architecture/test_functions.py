"""Commands and queries say who acts; events carry ids."""

import dataclasses
import inspect

import pytest

from kesher.core.access import Actor
from kesher.core.events import Event
from tests.architecture.house import functions_of

COMMANDS = dict(functions_of("commands"))
QUERIES = dict(functions_of("queries"))
ASKED_BY_NOBODY = {"organization.queries.business", "organization.queries.actor_of"}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_commands_say_who_acts_and_what_happens(name):
    command = COMMANDS[name]
    parameters = inspect.signature(command).parameters
    notes = inspect.get_annotations(command, eval_str=True)

    assert next(iter(parameters)) == "by"
    assert notes["by"] is Actor
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values())
    assert "return" in notes
    assert command.__doc__
    assert command.__doc__.strip().split("\n\n")[0].endswith(".")


@pytest.mark.parametrize("name", sorted(QUERIES.keys() - ASKED_BY_NOBODY))
def test_queries_are_asked_by_someone(name):
    assert next(iter(inspect.signature(QUERIES[name]).parameters)) == "actor"


@pytest.mark.parametrize("event", Event.__subclasses__(), ids=lambda e: e.__name__)
def test_events_carry_ids_only(event):
    notes = inspect.get_annotations(event, eval_str=True)

    assert all(f.name.endswith("_id") for f in dataclasses.fields(event))
    assert set(notes.values()) <= {int}
