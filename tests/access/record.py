"""Propose verdicts for every address, as the server answers now; a person judges the difference."""

import csv
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: E402

from tests.access.made import make_records  # noqa: E402
from tests.access.walk import EVERYBODY, METHODS, TABLE, addresses, ask, cases, client_of  # noqa: E402
from tests.people import open_clinic  # noqa: E402


def main() -> None:
    """Write the table anew."""
    setup_test_environment()
    held = setup_databases(verbosity=0, interactive=False)
    try:
        records = make_records(open_clinic())
        clients = {who: client_of(records.clinic, who) for who in EVERYBODY}
        with TABLE.open("w", encoding="utf-8", newline="") as lines:
            out = csv.writer(lines, lineterminator="\n")
            out.writerow(["name", "record", "method", *EVERYBODY])
            for address in addresses():
                if address.places and not cases(address):
                    print(f"no record for {address}", file=sys.stderr)
                for record in cases(address):
                    for method in METHODS:
                        found = [
                            ask(clients[who], records, address.name, record, method, part=False)
                            for who in EVERYBODY
                        ]
                        out.writerow([address.name, record, method, *found])
    finally:
        teardown_databases(held, verbosity=0)


if __name__ == "__main__":
    main()
