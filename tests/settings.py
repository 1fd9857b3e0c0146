"""The settings of a real Kesher, in a home of its own that is gone after the run."""

import atexit
import os
import shutil
import tempfile

HOME_OF_RUN = tempfile.mkdtemp(prefix="kesher-test-")
atexit.register(shutil.rmtree, HOME_OF_RUN, ignore_errors=True)
os.environ["KESHER_HOME"] = HOME_OF_RUN
os.environ["KESHER_SOURCE_FOLDERS"] = HOME_OF_RUN  # an empty one, for sources to be made of
for _name in ("KESHER_URL", "KESHER_PROXY", "KESHER_TLS_CERT", "KESHER_MAIL_URL", "PORT"):
    os.environ.pop(_name, None)

from kesher.config.settings import *  # noqa: E402, F403
from kesher.config.settings import DATABASES, STORAGES  # noqa: E402

_database = DATABASES["default"]
if "sqlite" in _database["ENGINE"]:
    # Threads need a file: the shared database in memory answers "table is locked".
    _database["TEST"] = {"NAME": f"{HOME_OF_RUN}/test.sqlite3"}
    # Nobody cuts the power of a test; what a real Kesher sets is tested on a real Kesher.
    _database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    # A pool would hold connections to the test database when it is to be dropped.
    del _database["OPTIONS"]["pool"]

# Argon2 takes 50 ms on purpose; tests sign in by the hundred.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The manifest is made by the build and tested by the browser.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
