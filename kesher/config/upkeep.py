"""What follows every migration: the shared cache table, and the triggers that a rebuild dropped."""

from django.core.management import call_command
from django.db import connections

from kesher.core import guards


def after_migrate(*, using: str, **_rest) -> None:
    call_command("createcachetable", database=using, verbosity=0)
    guards.ensure(connections[using])
