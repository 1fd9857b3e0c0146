"""Makes sentences out of the pools: the right word for a man or a woman, names and figures in."""

from __future__ import annotations

import re
from datetime import date
from random import Random

from kesher.demo import texts_el, texts_en, texts_he
from kesher.demo.treatments import SERVICES

POOLS = {"he": texts_he, "el": texts_el, "en": texts_en}
CHOICE = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
TIMES = (
    "8:30",
    "9:00",
    "9:40",
    "10:15",
    "11:00",
    "12:20",
    "13:00",
    "14:30",
    "16:00",
    "17:15",
    "18:00",
)
EARLY = TIMES[:4]
HYGIENE = ("hygiene", "checkup")
TEETH = (11, 14, 16, 21, 24, 26, 27, 36, 37, 46, 47)


class Phrases:
    """Speaks the three languages of the clinic."""

    def __init__(self, rng: Random):
        self.rng = rng

    def say(
        self, what: str, language: str, gender: str, *, service: str = "checkup",
        day: date | None = None, amount: int = 450,
    ) -> str:  # fmt: skip
        """One of the sentences for an occasion; the hygienist fills no teeth."""
        barred = (
            "{hygienist}" if service not in HYGIENE else "{doctor}" if what == "visit" else "{}"
        )
        texts = [text for text in POOLS[language].TEXTS[what] if barred not in text]
        return self.fill(
            self.rng.choice(texts), language, gender, service=service, day=day, amount=amount
        )

    def task(self, language: str, gender: str, *, service: str, day: date) -> tuple[str, str]:
        """Kind and title of something to be done."""
        kind, title = self.rng.choice(POOLS[language].TASKS)
        return kind, self.fill(title, language, gender, service=service, day=day)

    def fill(
        self, text: str, language: str, gender: str, *, service: str = "checkup",
        day: date | None = None, amount: int = 450,
    ) -> str:  # fmt: skip
        """A sentence with everything in its place."""
        pool = POOLS[language]
        spoken = CHOICE.sub(lambda pair: pair[1 if gender == "m" else 2], text)
        weekday = day.weekday() if day else self.rng.choice((6, 0, 1, 2, 3))
        return spoken.format(
            service=SERVICES[service].words[language],
            Service=SERVICES[service].heads[language],
            weekday=pool.WEEKDAYS[weekday],
            time=self.rng.choice(TIMES),
            early=self.rng.choice(EARLY),
            doctor=pool.DOCTOR,
            hygienist=pool.HYGIENIST,
            amount=f"₪{amount:,}" if language == "en" else f"{amount:,} ₪",
            tooth=self.rng.choice(TEETH),
        )
