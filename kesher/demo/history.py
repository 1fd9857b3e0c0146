"""What was said and done with the customers of the invented clinic, and what is still to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import partial
from random import Random
from typing import Any

from kesher.customers.models import Customer
from kesher.demo import staff
from kesher.demo.people import Customer as Invented
from kesher.demo.phrases import POOLS, Phrases
from kesher.demo.treatments import BIG, SERVICES
from kesher.demo.visits import Visit, working_day
from kesher.engagement.commands.tasks import NewTask
from kesher.engagement.commands.touching import NewTouch
from kesher.organization.models import Branch, Member

HOUR = timedelta(hours=1)
DUE_IN = (-40, -21, -12, -7, -5, -3, -2, -1, *[0] * 5, 1, 1, 2, 3, 4, 6, 9, 14, 21, 30, 45, None)
COMES_EVERY = {"regular": 182, "growing": 182, "won_back": 182, "careful": 122}  # days
DESKS = {
    staff.HAIFA: ("maya", "maya", "dana", "yoav"),
    staff.EILAT: ("maria", "maria", "maria", "eleni", "yoav"),
}
BESIDE = frozenset({"brush", "kit", "xray", "panorama"})
Tell = Callable[..., NewTouch | None]


@dataclass
class Place:
    """The clinic as it was opened: branches and members by key."""

    branches: dict[str, Branch]
    members: dict[str, Member]


def main_of(visit: Visit) -> str:
    """What a visit is called after: the dearest of what was done, not of what was sold or drawn."""
    done = [one for one in visit.services if one not in BESIDE] or list(visit.services)
    return max(done, key=lambda one: SERVICES[one].price)


class History:
    """Tells what happened, always the same for the same seed and day."""

    def __init__(self, rng: Random, place: Place, now: datetime, zone: tzinfo):
        self.rng, self.place, self.now, self.zone = rng, place, now, zone
        self.today = now.astimezone(zone).date()
        self.texts = Phrases(rng)
        self.settled: dict[tuple[int, datetime], datetime] = {}  # complaints, and when

    def touches(self, who: Invented, customer: Customer) -> Iterator[NewTouch]:
        """Everything about one customer, in no order."""
        for visit in who.visits:
            yield from self._round_a_visit(who, customer, visit)
        if who.new.kind == Customer.Kind.PERSON and who.age >= 18:
            yield from self._between_visits(who, customer)
        if who.habit == "firm":
            yield from self._with_a_firm(partial(self._touch, who, customer))

    # ---- single touches

    def _touch(
        self, who: Invented, customer: Customer, day: date, what: str, channel: str, **more: Any
    ) -> NewTouch | None:
        """One touch; none when it would lie ahead."""
        service = more.pop("service", "checkup")
        member = more.pop("by", None) or self._desk(who, channel)
        on = more.pop("on", None)  # the day that is spoken of
        at = more.pop("at", None) or time(self.rng.randint(8, 17), self.rng.randrange(0, 60, 5))
        moment = datetime.combine(day, at, self.zone)
        if moment > self.now - HOUR:
            return None
        price = SERVICES[service].price
        return NewTouch(
            customer=customer,
            channel=channel,
            happened_at=moment,
            text=self.texts.say(
                what,
                who.language,
                who.gender,
                service=service,
                day=on,
                amount=price if what != "agreement" else max(100, price // 3),
            ),
            member=self.place.members[member],
            branch=self.place.branches[who.branch],
            **more,
        )

    def _desk(self, who: Invented, channel: str) -> str:
        if who.branch == staff.EILAT:
            return "maria"
        if channel == "call" and self.rng.random() < 0.35:
            return "sam"
        return "maya" if self.rng.random() < 0.85 else "dana"

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    # ---- round a visit

    def _round_a_visit(self, who: Invented, customer: Customer, visit: Visit) -> Iterator[NewTouch]:
        tell = partial(self._touch, who, customer)
        main = main_of(visit)
        before = visit.day - timedelta(days=self.rng.randint(2, 18))
        tell_of = partial(tell, on=visit.day)
        made = self._booking(tell_of, before, main) if who.age >= 18 else []
        if who.age >= 18 and self._chance(0.22):
            channel = self.rng.choice(("sms", "whatsapp"))
            eve = visit.day - timedelta(days=1)
            made.append(tell_of(eve, "remind", channel, direction="out", at=time(18, 0)))
        if self._chance(0.03):
            what = self.rng.choice(("cancel", "no_show"))
            made.append(tell(before, what, "call", direction="in"))
        length = self.rng.choice((20, 30, 45, 60))
        more = {"direction": "in", "service": main, "minutes_length": length}
        what = "visit" if who.age >= 18 else "visit_child"
        made.append(tell(visit.day, what, "visit", **more))
        made += self._after_a_visit(tell, who, visit, main)
        yield from filter(None, made)

    def _booking(self, tell: Tell, day: date, service: str) -> list[NewTouch | None]:
        """By telephone, by message and answer, or in a way that left no trace."""
        if self._chance(0.45):
            more = {"service": service, "minutes_length": self.rng.randint(1, 6)}
            return [tell(day, "book_call", "call", direction="in", **more)]
        if not self._chance(0.3):
            return []
        asked = {"direction": "in", "service": service, "at": time(9, 10)}
        answered = {"direction": "out", "service": service, "at": time(9, 40)}
        return [
            tell(day, "book_message", "whatsapp", **asked),
            tell(day, "confirm", "whatsapp", **answered),
        ]

    def _after_a_visit(
        self, tell: Tell, who: Invented, visit: Visit, main: str
    ) -> list[NewTouch | None]:
        made = []
        if self._chance(0.2):
            by = "yoav" if main != "hygiene" else "eleni"
            kept = {"classification": "health", "by": by, "at": time(17, 50)}
            made.append(tell(visit.day, "clinical", "note", **kept))
        if main in BIG and self._chance(0.7):
            day = working_day(visit.day + timedelta(days=1))
            made.append(tell(day, "after", "call", direction="out", minutes_length=2))
        if self._chance(0.04) and who.age >= 18:
            made.append(tell(visit.day, "thanks", "whatsapp", direction="in", at=time(20, 15)))
        if self._chance(0.05) and who.new.emails:
            by = "ruth" if self._chance(0.3) else None
            made.append(tell(visit.day, "papers", "email", direction="out", service=main, by=by))
        return made

    # ---- between visits

    def _between_visits(self, who: Invented, customer: Customer) -> Iterator[NewTouch]:
        rng, made = self.rng, []
        tell = partial(self._touch, who, customer)
        if who.new.stage in ("at_risk", "left"):
            made += self._calling_after(tell, who)
        if who.habit == "prospect":
            made += self._asking(tell)
        for share, what, channel, more in (
            (0.08, "note", "note", {}),
            (0.06, "agreement", "note", {"is_agreement": True, "service": "crown"}),
            (0.012, "letter", "letter", {"direction": "out"}),
            (0.008, "fax", "fax", {"direction": "in"}),
        ):
            if self._chance(share):
                day = self.today - timedelta(days=rng.randint(2, 300))
                made.append(tell(day, what, channel, **more))
        if who.visits and self._chance(0.03):
            made += self._complaint(tell)
        yield from filter(None, made)

    def _calling_after(self, tell: Tell, who: Invented) -> list[NewTouch | None]:
        """Calls to somebody who has not come for long."""
        made = []
        by = "sam" if who.branch == staff.HAIFA else None
        for _turn in range(self.rng.randint(0, 2)):
            what = self.rng.choice(("recall", "no_answer", "no_answer"))
            outcome = "no answer" if what == "no_answer" else ""
            day = self.today - timedelta(days=self.rng.randint(5, 150))
            made.append(tell(day, what, "call", direction="out", by=by, outcome=outcome))
        return made

    def _asking(self, tell: Tell) -> list[NewTouch | None]:
        """Somebody wants to know what something costs, and gets it in writing."""
        service = self.rng.choice(("implant", "aligners", "whitening", "crown", "braces"))
        day = self.today - timedelta(days=self.rng.randint(1, 120))
        return [
            tell(day, "ask", "call", direction="in", service=service, at=time(10, 5)),
            tell(day, "quote", "email", direction="out", service=service, at=time(12, 30)),
        ]

    def _with_a_firm(self, tell: Tell) -> Iterator[NewTouch]:
        made = []
        for share, what, channel, more in (
            (0.6, "papers", "email", {"direction": "out", "by": "ruth"}),
            (0.4, "agreement", "note", {"is_agreement": True}),
            (0.5, "no_answer", "call", {"direction": "out", "outcome": "no answer"}),
        ):
            if self._chance(share):
                day = self.today - timedelta(days=self.rng.randint(5, 200))
                made.append(tell(day, what, channel, **more))
        yield from filter(None, made)

    def _complaint(self, tell: Tell) -> list[NewTouch | None]:
        day = self.today - timedelta(days=self.rng.randint(2, 260))
        channel = self.rng.choice(("call", "call", "email", "visit"))
        severity = self.rng.choice((1, 2, 2, 3))
        complaint = tell(day, "complaint", channel, direction="in", severity=severity)
        is_fresh = (self.today - day).days < 70
        if complaint is None or self._chance(0.75 if is_fresh else 0.05):
            return [complaint]
        by = "orly" if self._chance(0.3) else None
        answer = tell(day + timedelta(days=3), "settled", "call", direction="out", by=by)
        if answer is not None:
            self.settled[complaint.customer.pk, complaint.happened_at] = answer.happened_at
        return [complaint, answer]

    # ---- what is still to be done

    def tasks(self, people: list[tuple[Invented, Customer]]) -> Iterator[NewTask]:
        """Open tasks of everybody: overdue, of today, to come, and some without a day."""
        yield from self._recalls(people)
        adults = [pair for pair in people if pair[0].age >= 18]
        for who, customer in self.rng.sample(adults, min(240, len(adults))):
            yield self._task(who, customer, self.rng.choice(DUE_IN))
        yield from self._chains(self.rng.sample(adults, min(22, len(adults))))

    def _task(self, who: Invented, customer: Customer, days: int | None) -> NewTask:
        rng, due = self.rng, None
        if days is not None:
            due = working_day(self.today + timedelta(days=days)) if days else self.today
        service = rng.choice(("crown", "implant", "whitening", "aligners", "guard", "hygiene"))
        kind, title = self.texts.task(
            who.language, who.gender, service=service, day=working_day(due or self.today)
        )
        sam = self.place.members["sam"]
        owner = self.place.members[rng.choice(DESKS[who.branch])]
        return NewTask(
            title=title,
            kind=kind,
            customer=customer,
            due_on=due,
            due_time=time(rng.randint(8, 16), 30) if due and rng.random() < 0.2 else None,
            owner=sam if who.new.owner == sam else owner,  # he sees his own customers only
        )

    def _recalls(self, people: list[tuple[Invented, Customer]]) -> Iterator[NewTask]:
        """Whoever comes regularly is called before the next time; some were forgotten."""
        for who, customer in people:
            if who.habit not in COMES_EVERY or not who.visits or self._chance(0.1):
                continue
            gap = timedelta(days=COMES_EVERY[who.habit] - self.rng.randint(7, 20))
            due = working_day(who.visits[-1].day + gap)
            if due > self.today:
                yield NewTask(
                    title=POOLS[who.language].RECALL,
                    kind="call",
                    customer=customer,
                    due_on=due,
                    owner=self.place.members[DESKS[who.branch][0]],
                )

    def _chains(self, people: list[tuple[Invented, Customer]]) -> Iterator[NewTask]:
        """A crown is ordered, and when it has come somebody calls."""
        for who, customer in people:
            first, then = POOLS[who.language].CHAIN
            days = self.rng.randint(-6, 12)
            yield NewTask(
                title=first,
                customer=customer,
                next_title=then,
                next_days=8,
                due_on=working_day(self.today + timedelta(days=days)),
                owner=self.place.members[DESKS[who.branch][0]],
            )
