"""How the parts are put together: settings, addresses, the command line and serving."""

from kesher.config.sqlite import use_newer_sqlite

# Every way in (console script, server, worker, tests) imports this package before Django's backend.
use_newer_sqlite()
