"""`kesher find TEXT`: the search box on the command line."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kesher.core.access import SYSTEM, visible
from kesher.core.search import find
from kesher.organization.models import Member
from kesher.organization.queries import actor_of


class Command(BaseCommand):
    help = "Find customers and tasks by any scrap of a name, number or e-mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to look for, for whom, and in which form."""
        parser.add_argument("text", nargs="+")
        parser.add_argument("--as", dest="member", metavar="E-MAIL", help="as this member sees it")
        parser.add_argument("--kind", action="append", default=[], help="customer or task")
        parser.add_argument("--limit", type=int, default=20)
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *_args: object, **options: object) -> None:
        """Print what was found, the best first."""
        actor = SYSTEM
        if options["member"]:
            rows = visible(SYSTEM, Member).select_related("role")
            member = rows.filter(email__iexact=options["member"]).first()
            if member is None:
                said = _("Nobody signs in as %(email)s.")
                raise CommandError(said % {"email": options["member"]})
            actor = actor_of(member)
        limit = max(1, min(int(options["limit"]), 200))
        hits = find(actor, " ".join(options["text"]), kinds=options["kind"], limit=limit)
        if options["json"]:
            lines = [
                {"kind": h.kind, "number": h.pk, "title": h.title, "detail": h.detail} for h in hits
            ]
            self.stdout.write(json.dumps(lines, ensure_ascii=False))
            return
        for hit in hits:
            self.stdout.write(f"{hit.kind} {hit.pk}\t{hit.title}\t{hit.detail}")
        if not hits:
            self.stdout.write(_("Nothing found."))
