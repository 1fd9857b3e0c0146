"""The customers of the invented clinic: families, singles and firms, before they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from random import Random

from kesher.core.text import fold
from kesher.customers.commands.adding import NewCustomer
from kesher.customers.points import Address
from kesher.demo import names, staff
from kesher.demo.phrases import Phrases
from kesher.demo.visits import Visit, stage_of, visits_of

FAMILIES = {"he": 170, "en": 55, "el": 60}
SINGLES = {"he": 520, "en": 190, "el": 185}
TWINS = 20
HOUSEHOLD_SHARE = 0.38
HABITS = {
    "regular": 34,
    "careful": 8,
    "occasional": 22,
    "course": 12,
    "lapsed": 10,
    "growing": 4,
    "new": 4,
    "prospect": 5,
    "won_back": 1,
}
CHILD_HABITS = {"regular": 60, "braces": 20, "occasional": 14, "lapsed": 6}
CHANNELS = {"whatsapp": 38, "phone": 26, "sms": 16, "email": 14, "": 6}
MAIL = ("example.com", "example.net", "example.org")  # reserved: nobody reads there
LETTERS = {
    "א": "a",
    "ב": "b",
    "ג": "g",
    "ד": "d",
    "ה": "h",
    "ו": "o",
    "ז": "z",
    "ח": "ch",
    "ט": "t",
    "י": "i",
    "כ": "k",
    "ך": "k",
    "ל": "l",
    "מ": "m",
    "ם": "m",
    "נ": "n",
    "ן": "n",
    "ס": "s",
    "ע": "a",
    "פ": "p",
    "ף": "f",
    "צ": "tz",
    "ץ": "tz",
    "ק": "k",
    "ר": "r",
    "ש": "sh",
    "ת": "t",
    "α": "a",
    "β": "v",
    "γ": "g",
    "δ": "d",
    "ε": "e",
    "ζ": "z",
    "η": "i",
    "θ": "th",
    "ι": "i",
    "κ": "k",
    "λ": "l",
    "μ": "m",
    "ν": "n",
    "ξ": "x",
    "ο": "o",
    "π": "p",
    "ρ": "r",
    "σ": "s",
    "ς": "s",
    "τ": "t",
    "υ": "y",
    "φ": "f",
    "χ": "ch",
    "ψ": "ps",
    "ω": "o",
}


@dataclass
class Customer:
    """Somebody to be: what will be written of him, and how he lives with the clinic."""

    new: NewCustomer
    language: str
    branch: str
    habit: str = ""
    visits: list[Visit] = field(default_factory=list)
    age: int = 0

    @property
    def gender(self) -> str:
        return self.new.gender or "f"


@dataclass
class Bond:
    """What two of them are to each other, by their places in the list."""

    customer: int
    other: int
    role: str


@dataclass
class Population:
    """Everybody, and how they belong together."""

    customers: list[Customer] = field(default_factory=list)
    bonds: list[Bond] = field(default_factory=list)

    def add(self, customer: Customer) -> int:
        self.customers.append(customer)
        return len(self.customers) - 1


class Maker:
    """Invents people, always the same for the same seed and day."""

    def __init__(self, rng: Random, today: date):
        self.rng, self.today = rng, today
        self.made = Population()
        self.phones = self._numbers()
        self.texts = Phrases(rng)
        self.firms: dict[str, list[int]] = {}

    def population(self) -> Population:
        self._add_firms()
        for language, count in FAMILIES.items():
            for _turn in range(count):
                self._add_family(language)
        for language, count in SINGLES.items():
            for _turn in range(count):
                self._add_single(language)
        self._add_twins()
        return self.made

    # ---- who

    def _add_firms(self) -> None:
        for name, language in names.COMPANIES:
            branch = self._branch(language)
            new = NewCustomer(
                kind="organisation",
                name=name,
                language=language,
                phones=[f"04-000-2{len(self.made.customers):03d}"],
                city=self._city(language, branch),
                emails=[f"office{len(self.made.customers)}@{MAIL[0]}"],
                stage="steady",
                source=staff.EMPLOYER,
                since_on=self.today - timedelta(days=self.rng.randint(200, 900)),
            )
            at = self.made.add(Customer(new, language, branch, "firm"))
            self.firms.setdefault(language, []).append(at)

    def _add_family(self, language: str) -> None:
        rng = self.rng
        last = rng.choice(names.LAST[language])
        branch = self._branch(language)
        city, street = self._city(language, branch), self._street(language)
        shared = next(self.phones)
        parents_age = rng.randint(29, 55)
        home = (city, street, shared)
        mother = self._person(language, "f", last, parents_age - rng.randint(0, 4), branch, home)
        father = self._person(language, "m", last, parents_age + rng.randint(0, 4), branch, home)
        self.made.bonds.append(Bond(mother, father, "spouse"))
        children = []
        for _turn in range(rng.choice((1, 1, 2, 2, 3))):
            age = rng.randint(3, max(4, min(17, parents_age - 24)))
            child = self._person(language, rng.choice("fm"), last, age, branch, home, is_child=True)
            children.append(child)
            for parent in (mother, father):
                self.made.bonds.append(Bond(parent, child, "parent"))
        if rng.random() < HOUSEHOLD_SHARE:
            self._add_household(language, last, branch, home, [mother, father, *children])

    def _add_household(
        self, language: str, last: object, branch: str, home: tuple[str, str, str], who: list[int]
    ) -> None:
        name = names.HOUSEHOLD[language].format(
            last=_surname(last, "f" if language == "el" else "m")
        )
        new = NewCustomer(
            kind="household",
            name=name,
            language=language,
            city=home[0],
            phones=[home[2]],
            addresses=[Address(street=home[1], city=home[0])],
            stage="steady",
        )
        household = self.made.add(Customer(new, language, branch, "household"))
        self.made.bonds += [Bond(one, household, "member") for one in who]

    def _add_single(self, language: str) -> None:
        age = min(88, max(19, int(self.rng.gauss(46, 17))))
        branch = self._branch(language)
        last = self.rng.choice(names.LAST[language])
        home = (self._city(language, branch), self._street(language), "")
        one = self._person(language, self.rng.choice("ffm" + "mf"), last, age, branch, home)
        if age < 67 and self.rng.random() < 0.13 and self.firms.get(language):
            self.made.bonds.append(Bond(one, self.rng.choice(self.firms[language]), "employee"))

    def _add_twins(self) -> None:
        """Some who were taken in for a second time, by somebody who writes in another script."""
        grown = [one for one in self.made.customers if _latin_name(one.new) and one.new.emails]
        for at, one in enumerate(grown[:TWINS]):
            first, last = _latin_name(one.new) or ("", "")
            shared = at % 4  # a telephone, an e-mail, a birthday, or nothing but the city
            new = NewCustomer(
                first_name=first,
                last_name=last,
                language="en",
                phones=one.new.phones[:1] if shared == 0 else [next(self.phones)],
                emails=one.new.emails[:1] if shared == 1 else [],
                birth_on=one.new.birth_on if shared in (1, 2) else None,
                city=one.new.city if shared else "",
                since_on=self.today - timedelta(days=self.rng.randint(3, 90)),
            )
            self.made.add(Customer(new, "en", one.branch, "twin"))

    def _person(
        self,
        language: str,
        gender: str,
        last: object,
        age: int,
        branch: str,
        home: tuple[str, str, str],
        *,
        is_child: bool = False,
    ) -> int:
        rng = self.rng
        first, surname = rng.choice(names.FIRST[language][gender]), _surname(last, gender)
        habit = _pick(rng, CHILD_HABITS if is_child else HABITS)
        if habit == "braces" and age < 10:
            habit = "regular"
        visits = visits_of(rng, habit, self.today, is_child=is_child)
        new = NewCustomer(
            first_name=first,
            last_name=surname,
            gender=gender,
            language=language,
            reference=f"C-{1000 + len(self.made.customers)}",
            birth_on=self._born(age),
            city=home[0],
            source=_pick(rng, dict.fromkeys(staff.SOURCES, 1)) if rng.random() < 0.8 else "",
            since_on=visits[0].day if visits else None,
            stage=stage_of(habit, visits, self.today),
            tags=self._tags(habit, age, visits),
            about=self._about(language, gender, is_child),
        )
        self._reach(new, home, first, surname, is_child=is_child)
        return self.made.add(Customer(new, language, branch, habit, visits, age))

    # ---- how

    def _reach(
        self, new: NewCustomer, home: tuple[str, str, str], first: str, last: str, *, is_child: bool
    ) -> None:
        rng = self.rng
        if is_child:
            new.phones = [home[2]]
            return
        new.phones = [next(self.phones)] + ([home[2]] if home[2] else [])
        if rng.random() < 0.12:
            new.phones.append(f"04-000-{rng.randint(3000, 9999)}")
        if rng.random() < 0.72:
            new.emails = [f"{_latin(first)}.{_latin(last)}{rng.randint(1, 99)}@{rng.choice(MAIL)}"]
        if rng.random() < 0.66:
            new.addresses = [Address(street=home[1], city=home[0])]
        new.preferred_channel = _pick(rng, CHANNELS)
        if new.preferred_channel == "email" and not new.emails:
            new.preferred_channel = "phone"
        if rng.random() < 0.18:
            new.preferred_days = sorted(rng.sample((6, 0, 1, 2, 3), rng.randint(1, 3)))
            early = rng.random() < 0.5
            new.preferred_from, new.preferred_until = (
                (time(8), time(11)) if early else (time(15), time(19))
            )

    def _tags(self, habit: str, age: int, visits: list[Visit]) -> list[str]:
        done = {service for visit in visits for service in visit.services}
        rules = {
            "Orthodontics": habit == "braces" or "aligners" in done,
            "Implants": "implant" in done,
            "Children": age < 14,
            "Pensioner": age >= 67,
            "Student": 19 <= age <= 26 and self.rng.random() < 0.5,
            "VIP": len(visits) > 6 and self.rng.random() < 0.15,
            "Nervous": self.rng.random() < 0.06,
            "Instalments": bool(done & {"implant", "bridge", "zirconia"}),
        }
        return [staff.TAGS[tag] for tag, is_so in rules.items() if is_so]

    def _about(self, language: str, gender: str, is_child: bool) -> str:
        if is_child or self.rng.random() > 0.13:
            return ""
        return self.texts.say("about", language, gender)

    def _born(self, age: int) -> date:
        return self.today - timedelta(days=int(age * 365.25) + self.rng.randint(0, 364))

    def _branch(self, language: str) -> str:
        share = {"he": 0.72, "en": 0.55, "el": 0.4}[language]
        return staff.HAIFA if self.rng.random() < share else staff.EILAT

    def _city(self, language: str, branch: str) -> str:
        return self.rng.choice(names.CITIES[branch][language])

    def _street(self, language: str) -> str:
        number = self.rng.randint(1, 120)
        street = self.rng.choice(names.STREETS[language])
        return f"{number} {street}" if language == "en" else f"{street} {number}"

    def _numbers(self) -> Iterator[str]:
        """Mobile numbers that nobody has: behind the prefix none begins with a nought."""
        number = 10_000
        while True:
            number += self.rng.randint(1, 9)
            prefix = self.rng.choice(("050", "052", "053", "054", "055", "058"))
            yield f"{prefix}-00{number:05d}"


def _latin_name(new: NewCustomer) -> tuple[str, str] | None:
    """A name as it is written in English, where that is known."""
    first, last = names.SPELT.get(new.first_name), names.SPELT.get(new.last_name)
    return (first, last) if first and last else None


def _surname(last: object, gender: str) -> str:
    return last[0 if gender == "m" else 1] if isinstance(last, tuple) else str(last)


def _pick(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _latin(name: str) -> str:
    """A name as people spell it in an address."""
    plain = fold(name).replace("או", "o").replace("אי", "i").replace("יי", "y")
    return "".join(LETTERS.get(c, c) for c in plain if c.isalpha()) or "mail"
