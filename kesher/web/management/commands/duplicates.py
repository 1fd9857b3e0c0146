"""`kesher duplicates FILE.csv --pairs OUT.csv`: who stands twice in a file, in any script."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
            listed = read_records(file, str(options["country"]))
            if file.resolve() == pairs.resolve():
                raise CommandError(_("--pairs names the file that is read."))
            counts = write_pairs(listed.records, pairs, threshold)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        told = {"records": len(listed.records), **counts}
        if options["json"]:
            self.stdout.write(json.dumps(told | {"faults": len(listed.faults)}))
        else:
            self.stdout.write(", ".join(f"{word} {count:,}" for word, count in told.items()))
        if listed.faults:
            self._tell(listed.faults)

    def _tell(self, faults: Sequence[tuple[int, str]]) -> None:
        """Which lines were left out and why; the pairs of all others are written."""
        for number, reason in faults:
            self.stderr.write(_("Line %(line)s: %(reason)s") % {"line": number, "reason": reason})
        said = ngettext(
            "%(n)s line was left out; the pairs of all others are written.",
            "%(n)s lines were left out; the pairs of all others are written.",
            len(faults),
        )
        raise CommandError(said % {"n": len(faults)})
