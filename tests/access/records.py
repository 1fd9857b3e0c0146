"""For each address with places in it: the records it is asked for, own and foreign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.people import Clinic


@dataclass
class Records:
    """The cast and what was made for the walk, by name."""

    clinic: Clinic
    made: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.clinic.customers.get(name) or self.clinic.members.get(name) or self.made[name]


Places = Callable[[Records], dict[str, Any]]


def pk_of(name: str, place: str = "pk", **more: Any) -> Places:
    """The number of a record under the name that the address gives it."""
    return lambda records: {place: records[name].pk, **more}


CUSTOMER = {"noa of Haifa": pk_of("noa"), "eleni of Eilat": pk_of("eleni")}
RECORDS: dict[str, dict[str, Places]] = {}
