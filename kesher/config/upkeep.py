"""What follows every migration: the shared cache table, triggers that a rebuild dropped, search."""

from django.core.management import call_command
from django.db import connections

from kesher.core import guards, search


def after_migrate(*, using: str, **_rest) -> None:
    call_command("createcachetable", database=using, verbosity=0)
    guards.ensure(connections[using])
    search.index_new_kinds()
