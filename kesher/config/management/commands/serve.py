import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kesher.config.checks import refuse_unsound
from kesher.config.environment import Address

PATIENCE_SECONDS = 3


class Command(BaseCommand):
    help = "Serve pages and live updates, and run worker and clock, under one parent."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-worker", action="store_true", help="leave worker and clock to `kesher worker`"
        )

    def handle(self, *, no_worker: bool, **_options) -> None:
        refuse_unsound(tell=self.stderr.write)
        refuse_taken_port(settings.ADDRESS)
        from kesher.config.serving.parent import serve  # noqa: PLC0415 - loads the server

        serve(settings.ADDRESS, tell=self.stdout.write, with_worker=not no_worker)


def refuse_taken_port(address: Address) -> None:
    """Stop before anything is done for a port at which something else answers.

    A Kesher that was just killed takes a moment to let go of it.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while address.is_taken and time.monotonic() < until:
        time.sleep(0.1)
    if address.is_taken:
        raise CommandError(
            f"Something listens at port {address.port} already. Stop it, or choose another port, "
            f"such as PORT={address.port + 1}."
        )
