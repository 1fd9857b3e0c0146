from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from kesher.config.checks import refuse_unsound


class Command(BaseCommand):
    help = "Say what is wrong with settings or database."
    requires_system_checks = ()

    def handle(self, **_options) -> None:
        call_command("check", deploy=settings.ADDRESS.is_secure, fail_level="WARNING")
        refuse_unsound(tell=self.stderr.write)
        self.stdout.write("Settings and database are sound.")
