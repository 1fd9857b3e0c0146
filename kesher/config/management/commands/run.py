import subprocess
import sys

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Prepare the database, load the demo business into a new one, and serve."
    requires_system_checks = ()

    def handle(self, **_options) -> None:
        executor = MigrationExecutor(connection)
        is_new = not executor.loader.applied_migrations
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database ...")
            self.apart("migrate", "--verbosity", "0")
        if "demo" in get_commands():
            if is_new:
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
