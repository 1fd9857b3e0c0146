"""`kesher duplicates FILE.csv --pairs OUT.csv`: who stands twice in a file, in any script."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kesher.core.matching.files import WANTED, read_records, write_pairs
from kesher.core.refusal import Refusal


class Command(BaseCommand):
    help = "Find the lines of a file that are one person, across Hebrew, Greek and Latin letters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, where the pairs go, and how sure they must be."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--pairs", type=Path, required=True, metavar="OUT.csv")
        parser.add_argument("--threshold", choices=list(WANTED), default="likely")
        parser.add_argument("--country", default="IL", help="whose encodings the file may have")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *, file: Path, pairs: Path, threshold: str, **options: object) -> None:
        """Write the pairs, and print how many there are of each class."""
        try:
            records = read_records(file, str(options["country"]))
            if file.resolve() == pairs.resolve():
                raise CommandError(_("--pairs names the file that is read."))
            counts = write_pairs(records, pairs, threshold)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        told = {"records": len(records), **counts}
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(", ".join(f"{word} {count:,}" for word, count in told.items()))
