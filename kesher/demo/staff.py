"""Who works at the invented clinic, where and when. Everybody signs in with the same word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

PASSWORD = "sunny-demo-day"  # noqa: S105 - printed at every start of the demo, and good there only
DOMAIN = "demo.kesher"
BUSINESS, COLOUR = "Carmel Dental", "#0b7285"
HAIFA, EILAT = "haifa", "eilat"
BRANCHES = {HAIFA: ("Haifa", "04-000-1100"), EILAT: ("Eilat", "08-000-1200")}
SUN_TO_THU, MON_TO_THU = (6, 0, 1, 2, 3), (0, 1, 2, 3)


@dataclass(frozen=True)
class Colleague:
    """One of the staff: who, as what, where, in which language, on which days and hours."""

    key: str
    name: str
    role: str
    branches: tuple[str, ...]
    language: str
    weekdays: tuple[int, ...] = SUN_TO_THU
    starts: time = time(8)
    ends: time = time(16)

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


OWNER = Colleague("orly", "Orly Carmel", "owner", (HAIFA, EILAT), "en")
STAFF = (
    Colleague("dana", "דנה רוזן", "manager", (HAIFA,), "he"),
    Colleague("maya", "מאיה שטרן", "receptionist", (HAIFA,), "he", ends=time(14)),
    Colleague("maria", "Μαρία Νικολάου", "receptionist", (EILAT,), "el", ends=time(17)),
    Colleague(
        "yoav", "ד״ר יואב פרץ", "dentist", (HAIFA, EILAT), "he", MON_TO_THU, time(9), time(18)
    ),
    Colleague("eleni", "Ελένη Σταύρου", "hygienist", (EILAT, HAIFA), "el", MON_TO_THU, time(9)),
    Colleague("ruth", "Ruth Adler", "bookkeeper", (HAIFA,), "en", (6, 1, 3), time(9), time(13)),
    Colleague("sam", "Sam Cole", "agent", (HAIFA,), "en", starts=time(10), ends=time(18)),
)
ROLES = {  # how the list of sign-ins says it
    "owner": "owner", "manager": "manager of Haifa", "receptionist": "reception",
    "dentist": "dentist", "hygienist": "hygienist", "bookkeeper": "bookkeeper",
    "agent": "call agent",
}  # fmt: skip
ROOMS = (
    ("Room 1", "room", HAIFA), ("Room 2", "room", HAIFA), ("Room 3, children", "room", HAIFA),
    ("Panoramic X-ray", "device", HAIFA), ("Room A", "room", EILAT), ("Room B", "room", EILAT),
    ("Intraoral scanner", "device", EILAT),
)  # fmt: skip
# Of a list, under a name: whose, what it shows, whether everybody has it and it stands in the rail.
VIEWS = (
    ("orly", "At risk", "customers", "stage.is=at_risk&sort=-bought", True, True),
    ("orly", "Large and quiet", "customers", "bought.over=5000&stage.is=left", True, False),
    ("dana", "ימי הולדת החודש", "customers", "birth_on.coming=30d", False, True),
    ("maya", "ילדים", "customers", "tags.is={children}", False, False),
    ("maria", "Νέοι πελάτες", "customers", "stage.is=new&sort=-created", False, True),
    ("sam", "Mine, not heard from", "customers", "owner.is=me&sort=last_touch", False, True),
)  # fmt: skip
TAGS = (
    "VIP",
    "Nervous",
    "Student",
    "Pensioner",
    "Orthodontics",
    "Implants",
    "Instalments",
    "Children",
)
SOURCES = ("Recommendation", "Search engine", "Passing by", "Social media", "Insurance list",
           "Employer", "Returning")  # fmt: skip
