"""`pytest -p tests.pgplugin`: all that asks a database, on a throw-away PostgreSQL.

It starts when this module is imported, because pytest-django reads the settings before any
conftest; workers of the run find the address in their environment.
"""

import atexit
import os

from tests.postgres import Cluster

if "PYTEST_XDIST_WORKER" not in os.environ:
    _cluster = Cluster()
    _cluster.start()
    atexit.register(_cluster.stop)
    os.environ["DATABASE_URL"] = _cluster.url("kesher")

ASKING = {"db", "transactional_db", "places"}  # fixtures of whatever asks a database


def pytest_collection_modifyitems(config, items) -> None:
    """Leave out what cannot differ, since it asks no database at all."""
    kept = [
        item
        for item in items
        if item.get_closest_marker("django_db") or ASKING.intersection(item.fixturenames)
    ]
    chosen = set(kept)
    if left_out := [item for item in items if item not in chosen]:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept
