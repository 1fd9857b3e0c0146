"""Every address × method × everybody × own or foreign × page or fragment, against the table.

And in no answer a canary of what the one who asks is not cleared for.
"""

import pytest

from tests.access.canaries import WATCHED, Cage, leaks, plant_canaries, said
from tests.access.made import make_records
from tests.access.walk import EVERYBODY, METHODS, addresses, ask, cases, client_of, table

TABLE = table()
PARTS = ["page", "fragment"]
EXAMPLES = "style"  # the style guide, written by hand


def test_every_address_has_its_rows():
    declared = {(row.name, row.record, row.method) for row in TABLE}
    wanted = {
        (address.name, record, method)
        for address in addresses()
        for record in cases(address) or ["(no record)"]
        for method in METHODS
    }

    assert wanted - declared == set()
    assert declared - wanted == set()


@pytest.mark.parametrize("part", [False, pytest.param(True, marks=pytest.mark.once)], ids=PARTS)
@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_is_answered_as_declared(clinic, who, part):
    records = make_records(clinic)
    is_watched = who in WATCHED
    hidden = Cage(records, plant_canaries(records)).hidden_from(who) if is_watched else []
    client = client_of(clinic, who)
    wrong, heard = [], []
    for row in TABLE:
        found = ask(client, records, row.name, row.record, row.method, part, heard.append)
        told = leaks(said(heard.pop()), hidden) if row.name != EXAMPLES else []
        if found != row.verdicts[who]:
            wrong.append(f"{row.method} {row.name} {row.record}: {found}, not {row.verdicts[who]}")
        if told:
            wrong.append(f"{row.method} {row.name} {row.record} tells of {told}")

    assert bool(hidden) == is_watched
    assert wrong == []


def test_the_table_says_no_to_somebody():
    """A table in which all is allowed would prove nothing."""
    for who in ("receptionist", "eilat", "agent"):
        assert {row.verdicts[who] for row in TABLE} >= {"ok", "403", "404"}
    assert {row.verdicts["leaver"] for row in TABLE if row.verdicts["anonymous"] == "login"} == {
        "login"
    }
