"""When somebody comes and for what: the habits behind the ledger, day by day over two years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from kesher.demo.treatments import COURSES

YEARS = 730
SATURDAY, FRIDAY = 5, 4


@dataclass(frozen=True)
class Visit:
    """One visit: the day and what was done."""

    day: date
    services: tuple[str, ...]


def working_day(day: date) -> date:
    """The day itself or the next on which the clinic works: Sunday to Thursday."""
    while day.weekday() in (FRIDAY, SATURDAY):
        day += timedelta(days=1)
    return day


def visits_of(rng: Random, habit: str, today: date, *, is_child: bool = False) -> list[Visit]:
    """The visits of somebody of a habit, in order, none later than yesterday."""
    made = {
        "regular": _every, "careful": _every, "occasional": _now_and_then, "course": _course,
        "lapsed": _lapsed, "growing": _growing, "new": _new, "won_back": _won_back,
        "braces": _braces, "prospect": lambda *_more: [],
    }[habit](rng, today, 122 if habit == "careful" else 182, is_child)  # fmt: skip
    seen: dict[date, Visit] = {}
    for visit in sorted(made, key=lambda one: one.day):
        if visit.day < today:
            seen.setdefault(visit.day, visit)
    return list(seen.values())


def _visit(rng: Random, day: date, is_child: bool) -> Visit:
    """An ordinary visit, sometimes with something more to do."""
    if is_child:
        more = rng.choice(
            ((), (), ("fluoride",), ("sealing",), ("sealing", "fluoride"), ("filling",))
        )
        return Visit(working_day(day), ("checkup", *more))
    more = rng.choice((("hygiene",), ("hygiene",), ("hygiene",), (), ("hygiene", "xray"),
                       ("hygiene", "filling"), ("filling",), ("hygiene", "brush")))  # fmt: skip
    return Visit(working_day(day), ("checkup", *more))


def _every(rng: Random, today: date, gap: int, is_child: bool, since: int = YEARS, until: int = 0):
    """One visit after the other, about as far apart each time."""
    day = today - timedelta(days=since - rng.randint(0, gap))
    while day < today - timedelta(days=until):
        yield _visit(rng, day, is_child)
        day += timedelta(days=max(40, int(rng.gauss(gap, gap * 0.12))))


def _now_and_then(rng: Random, today: date, _gap: int, is_child: bool):
    for _turn in range(rng.randint(1, 3)):
        yield _visit(rng, today - timedelta(days=rng.randint(15, YEARS)), is_child)


def _course(rng: Random, today: date, gap: int, is_child: bool):
    """Something large over some weeks, and ordinary visits from then on."""
    day = today - timedelta(days=rng.randint(40, YEARS - 60))
    for service in rng.choice(COURSES):
        yield Visit(working_day(day), (service,))
        day += timedelta(days=rng.randint(9, 35))
    yield from _every(rng, today, gap, is_child, since=max(1, (today - day).days - 60))


def _lapsed(rng: Random, today: date, gap: int, is_child: bool):
    yield from _every(rng, today, gap, is_child, until=rng.randint(250, 480))


def _growing(rng: Random, today: date, gap: int, is_child: bool):
    """Ordinary at first; of late more often and for more."""
    yield from _every(rng, today, gap, is_child, until=200)
    for days in (170, 120, 75, 30):
        service = rng.choice(("whitening", "filling", "guard", "crown", "aligners", "kit"))
        yield Visit(working_day(today - timedelta(days=days + rng.randint(-12, 12))), (service,))


def _new(rng: Random, today: date, _gap: int, is_child: bool):
    day = today - timedelta(days=rng.randint(3, 75))
    yield Visit(working_day(day), ("checkup", "panorama"))
    if rng.random() < 0.5:
        yield Visit(working_day(day + timedelta(days=rng.randint(7, 25))), ("hygiene",))


def _won_back(rng: Random, today: date, gap: int, is_child: bool):
    yield from _every(rng, today, gap, is_child, until=420)
    for days in (70, 20):
        yield _visit(rng, today - timedelta(days=days + rng.randint(-8, 8)), is_child)


def _braces(rng: Random, today: date, _gap: int, _is_child: bool):
    """Month by month."""
    start = rng.randint(120, 640)
    yield Visit(working_day(today - timedelta(days=start + 14)), ("alignment", "panorama"))
    service = rng.choice(("braces", "braces", "aligners"))
    for days in range(start, 0, -30):
        yield Visit(working_day(today - timedelta(days=days + rng.randint(-3, 3))), (service,))


def stage_of(habit: str, visits: list[Visit], today: date) -> str:
    """The stage of life that the visits show."""
    if not visits:
        return "prospect"
    quiet, known = (today - visits[-1].day).days, (today - visits[0].day).days
    if habit == "won_back":
        return "won_back"
    if quiet > 400:
        return "left"
    if quiet > 235:
        return "at_risk"
    if known < 90:
        return "new"
    return "growing" if habit == "growing" else "steady"
