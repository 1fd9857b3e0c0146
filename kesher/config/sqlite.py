"""Puts the SQLite that pysqlite3 brings in the place of the standard library's."""

import sys

# Below this version two connections that checkpoint while a third commits can corrupt a WAL file.
SAFE_SQLITE = (3, 51, 3)


def use_newer_sqlite() -> None:
    try:
        import pysqlite3  # noqa: PLC0415 - absent where it has no wheel; checks.py says so there
        from pysqlite3 import dbapi2  # noqa: PLC0415
    except ImportError:
        return
    if sys.modules.get("sqlite3") is pysqlite3:
        return
    if "django.db.backends.sqlite3.base" in sys.modules:
        raise RuntimeError("Django's SQLite backend was imported before kesher.config.")
    sys.modules["sqlite3"], sys.modules["sqlite3.dbapi2"] = pysqlite3, dbapi2
