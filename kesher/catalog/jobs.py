"""Work of the hour: prices that were set for a later day begin."""

from kesher.catalog.commands.changing import begin_prices
from kesher.core.access import SYSTEM
from kesher.core.jobs import every


@every("hour")
def begin_prices_of_today() -> int:
    """Midnight comes at another hour in each time zone, so each hour looks."""
    return begin_prices(by=SYSTEM)
