"""`kesher export FILE.zip`: everything, in files that `kesher import` brings back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from kesher.core.jobs import start_job, working
from kesher.core.refusal import Refusal
from kesher.organization.queries import business
from kesher.surface.archives.writing import count_everything, write_archive
from kesher.web.acting import actor_named


class Command(BaseCommand):
    help = "Write everything into a ZIP file or a folder that “kesher import” brings back."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", type=Path, metavar="FILE.zip|FOLDER")
        parser.add_argument("--xlsx", action="store_true", help="spreadsheets beside the CSV files")
        parser.add_argument("--as", dest="email", default="", help="act as this member of staff")

    def handle(self, *, target: Path, xlsx: bool, email: str, **_options: Any) -> None:
        by, language = actor_named(email)
        with timezone.override(business().time_zone), translation.override(language):
            try:
                job = start_job(by=by, name="export", total=count_everything(by))
                with working(job):
                    made = write_archive(by=by, path=target, with_sheets=xlsx, job=job)
            except (Refusal, OSError) as refusal:
                raise CommandError(str(refusal)) from None
            for one in made.files:
                self.stdout.write(f"{one.name}: {one.rows:,}")
            for line in made.missing:
                self.stderr.write(f"missing: {line}")
            for what, count in made.left:
                self.stderr.write(f"not in these files: {what}: {count:,}")
