from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from kesher.config.checks import refuse_unsound


class Command(BaseCommand):
    help = "Serve pages and live updates, and run worker and clock, under one parent."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-worker", action="store_true", help="leave worker and clock to `kesher worker`"
        )

    def handle(self, *, no_worker: bool, **_options) -> None:
        refuse_unsound(tell=self.stderr.write)
        from kesher.config.serving.parent import serve  # noqa: PLC0415 - loads the server

        serve(settings.ADDRESS, tell=self.stdout.write, with_worker=not no_worker)
