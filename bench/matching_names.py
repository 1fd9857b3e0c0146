"""Made-up people with other names and other corruptions than the set the weights come from."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

GIVEN = """Ofer עופר|Ofra עופרה|Tzachi צחי|Ziv זיו|Smadar סמדר|Ilanit אילנית|Boaz בועז|Nimrod נמרוד
Carmela כרמלה|Shlomit שלומית|Eitan איתן|Hagit חגית|Zisis Ζήσης|Polychronis Πολυχρόνης
Myrto Μυρτώ|Danai Δανάη|Fanis Φάνης|Argyro Αργυρώ|Thaleia Θάλεια|Menelaos Μενέλαος
Kleanthis Κλεάνθης|Rodopi Ροδόπη|Iason Ιάσων|Orestis Ορέστης"""
FAMILY = """Zilberman זילברמן|Abutbul אבוטבול|Kirshenbaum קירשנבאום|Ohayon אוחיון|Toledano טולדנו
Mandelbaum מנדלבאום|Harari הררי|Bouskila בוסקילה|Dayan דיין|Gelfand גלפנד|Lugasi לוגסי
Tsolakis Τσολάκης|Karamanos Καραμάνος|Delivorias Δεληβοριάς|Mavromatis Μαυρομάτης
Xenakis Ξενάκης|Vlastos Βλαστός|Stamatopoulos Σταματόπουλος|Kefalas Κεφαλάς|Psaltis Ψάλτης"""
Row = dict[str, str]


def _pairs(text: str) -> list[list[str]]:
    return [name.split() for line in text.splitlines() for name in line.split("|")]


def _whole(row: Row, _chance: random.Random) -> None:
    row.update(first_name="", last_name=f"{row['first_name']} {row['last_name']}")


def _note(row: Row, _chance: random.Random) -> None:
    row["first_name"] += " (old client)"


def _bidi(row: Row, _chance: random.Random) -> None:
    row["last_name"] = f"\u200f{row['last_name']}\u202c"


def _initial(row: Row, _chance: random.Random) -> None:
    row["first_name"] = row["first_name"][0] + "."


def _digits(row: Row, chance: random.Random) -> None:
    phone, at = row["phone"], chance.randrange(3, 8)
    row["phone"] = phone[:at] + phone[at + 1] + phone[at] + phone[at + 2 :]


def _lookalikes(row: Row, _chance: random.Random) -> None:
    row["last_name"] = row["last_name"].translate(str.maketrans("aoeAO", "аоеАО"))


def _swap(row: Row, _chance: random.Random) -> None:
    row.update(first_name=row["last_name"], last_name=row["first_name"])


KINDS: dict[str, Callable[[Row, random.Random], None]] = {
    "whole": _whole, "note": _note, "bidi": _bidi, "initial": _initial, "digits": _digits,
    "lookalikes": _lookalikes, "swap": _swap, "script": lambda row, chance: None,
}  # fmt: skip


def people(count: int, doubled: float = 0.2) -> tuple[list[Row], dict[tuple[str, str], str]]:
    """Rows of so many people, a part of them twice; and the pairs with their corruption."""
    chance = random.Random(11)
    given, family = _pairs(GIVEN), _pairs(FAMILY)
    rows: list[Row] = []
    true = {}
    for person in range(count):
        first, last = chance.choice(given), chance.choice(family)
        row = {
            "rec_id": str(len(rows)), "first_name": first[0], "last_name": last[0],
            "phone": f"05{chance.randrange(10**8):08}", "city": f"city {chance.randrange(60)}",
            "birth_date": str(date(1940, 1, 1) + timedelta(chance.randrange(24000))),
        }  # fmt: skip
        rows.append(row)
        if chance.random() < doubled:
            kind = list(KINDS)[person % len(KINDS)]
            other = dict(row, rec_id=str(len(rows)))
            if kind not in ("lookalikes", "initial") and chance.random() < 0.6:
                other.update(first_name=first[1], last_name=last[1])
            if chance.random() < 0.4:
                other["birth_date"] = ""
            if kind != "digits" and chance.random() < 0.4:
                other["phone"] = ""
            KINDS[kind](other, chance)
            rows.append(other)
            true[row["rec_id"], other["rec_id"]] = kind
    return rows, true
