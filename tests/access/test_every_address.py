"""Every address × method × everybody × own or foreign × page or fragment, against the table."""

import pytest

from tests.access.made import make_records
from tests.access.walk import EVERYBODY, METHODS, addresses, ask, cases, client_of, table

TABLE = table()
PARTS = ["page", "fragment"]


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
    client = client_of(clinic, who)
    wrong = []
    for row in TABLE:
        found = ask(client, records, row.name, row.record, row.method, part)
        if found != row.verdicts[who]:
            wrong.append(f"{row.method} {row.name} {row.record}: {found}, not {row.verdicts[who]}")

    assert wrong == []


def test_the_table_says_no_to_somebody():
    """A table in which all is allowed would prove nothing."""
    for who in ("receptionist", "eilat", "agent"):
        assert {row.verdicts[who] for row in TABLE} >= {"ok", "403", "404"}
    assert {row.verdicts["leaver"] for row in TABLE if row.verdicts["anonymous"] == "login"} == {
        "login"
    }
