from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kesher.core.refusal import Refusal
from kesher.demo.clearing import clear, is_loaded
from kesher.demo.loading import load
from kesher.demo.staff import OWNER, PASSWORD, ROLES, STAFF


class Command(BaseCommand):
    help = "Load the demo clinic, clear it without touching anything else, or name its sign-ins."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=["load", "clear", "sign-ins"])

    def handle(self, *, what: str, **_options: Any) -> None:
        try:
            {"load": self.load, "clear": self.clear, "sign-ins": self.sign_ins}[what]()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def load(self) -> None:
        started = time.monotonic()
        counts = load(now=datetime.now(UTC))
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        self.stdout.write(f"Loaded in {time.monotonic() - started:.0f} s: {said}.")

    def clear(self) -> None:
        cleared = clear()
        said = ", ".join(f"{count:,} {name}" for name, count in cleared.removed.items())
        self.stdout.write(f"Cleared: {said or 'nothing was there'}.")
        for sentence in cleared.kept:
            self.stdout.write(str(sentence))

    def sign_ins(self) -> None:
        if not is_loaded():
            return
        self.stdout.write(
            "The demo clinic. Sign in as one of these; the password is the same for all:"
        )
        for one in (OWNER, *STAFF):
            self.stdout.write(f"  {one.email:<22}{ROLES[one.role]}, {one.language}")
        self.stdout.write(f"  password: {PASSWORD}")
