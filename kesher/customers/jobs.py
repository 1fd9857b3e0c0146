"""Work of the night: the bin is emptied."""

from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.jobs import every
from kesher.customers.commands.leaving import empty_bin


@every("day")
def empty_bin_of_customers() -> None:
    """Delete those who have lain in the bin for thirty days, a few at a time."""
    while empty_bin(by=SYSTEM, now=timezone.now()):
        pass
