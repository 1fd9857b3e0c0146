import subprocess
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kesher.config.management.commands.serve import refuse_taken_port
from kesher.demo.clearing import is_wanted


class Command(BaseCommand):
    help = "Prepare the database, load the demo business into an empty one, and serve."
    requires_system_checks = ()

    def handle(self, **_options) -> None:
        refuse_taken_port(settings.ADDRESS)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database ...")
            self.apart("migrate", "--verbosity", "0")
        # Asked of what is there, so that a load that was cut off is done at the next start.
        if is_wanted():
            self.stdout.write("Loading the demo business ...")
            self.apart("demo", "load")
        call_command("demo", "sign-ins")
        self.stdout.flush()
        call_command("serve")

    def apart(self, *words: str) -> None:
        """In a process of its own, so that what it needs of memory is given back."""
        connection.close()
        self.stdout.flush()
        done = subprocess.run([sys.executable, "-m", "kesher.config.command_line", *words])
        if done.returncode:
            raise CommandError(f"kesher {' '.join(words)} failed.")
