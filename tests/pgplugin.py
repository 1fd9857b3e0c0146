"""`pytest -p tests.pgplugin`: the whole run on a throw-away PostgreSQL.

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
