"""Who works at the invented clinic, where and when. Everybody signs in with the same word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

PASSWORD = "sunny-demo-day"  # noqa: S105 - printed at every start of the demo, and good there only
DOMAIN = "demo.kesher"
BUSINESS, COLOUR = "Carmel Dental", "#0b7285"
HAIFA, EILAT = "haifa", "eilat"
# Names as on a sign in Israel, in both scripts: whoever reads one of them finds his way.
BRANCHES = {
    HAIFA: ("חיפה / Haifa", "חיפה", "04-000-1100"),
    EILAT: ("אילת / Eilat", "אילת", "08-000-1200"),
}
TEAM = "דלפק קבלה / Front desk"
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
    ("חדר 1 / Room 1", "room", HAIFA), ("חדר 2 / Room 2", "room", HAIFA),
    ("חדר 3, ילדים / Room 3, children", "room", HAIFA),
    ("צילום פנורמי / Panoramic X-ray", "device", HAIFA),
    ("חדר א׳ / Room A", "room", EILAT), ("חדר ב׳ / Room B", "room", EILAT),
    ("סורק תוך־פי / Intraoral scanner", "device", EILAT),
)  # fmt: skip
# Of a list, under a name: whose, what it shows, whether everybody has it and it stands in the rail.
VIEWS = (
    ("orly", "בסיכון / At risk", "customers", "stage.is=at_risk&sort=-bought", True, True),
    ("orly", "גדולים ושקטים / Large and quiet", "customers", "bought.over=5000&stage.is=left",
     True, False),
    ("dana", "ימי הולדת החודש", "customers", "birth_on.coming=30d", False, True),
    ("maya", "ילדים", "customers", "tags.is={children}", False, False),
    ("maria", "Νέοι πελάτες", "customers", "stage.is=new&sort=-created", False, True),
    ("sam", "Mine, not heard from", "customers", "owner.is=me&sort=last_touch", False, True),
)  # fmt: skip
TAGS = {
    "VIP": "VIP",
    "Nervous": "חרדת טיפולים / Nervous",
    "Student": "סטודנט / Student",
    "Pensioner": "גמלאי / Pensioner",
    "Orthodontics": "יישור שיניים / Orthodontics",
    "Implants": "שתלים / Implants",
    "Instalments": "תשלומים / Instalments",
    "Children": "ילדים / Children",
}
EMPLOYER = "מעסיק / Employer"
SOURCES = (
    "המלצה / Recommendation", "מנוע חיפוש / Search engine", "עבר ברחוב / Passing by",
    "רשתות חברתיות / Social media", "רשימת הביטוח / Insurance list", EMPLOYER,
    "חוזר / Returning",
)  # fmt: skip
