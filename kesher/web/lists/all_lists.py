"""Every list of the staff's pages, for the worker and for the addresses."""

from __future__ import annotations

from kesher.surface.lists.declaring import Listing
from kesher.web.catalog.product_list import PRODUCTS
from kesher.web.customers.list import CUSTOMERS
from kesher.web.engagement.do_not_contact_list import DO_NOT_CONTACT
from kesher.web.engagement.task_list import TASKS
from kesher.web.organization.member_list import MEMBERS

LISTINGS = (CUSTOMERS, TASKS, PRODUCTS, DO_NOT_CONTACT, MEMBERS)
_BY_NAME = {listing.name: listing for listing in LISTINGS}


def listing_named(name: str) -> Listing:
    """The list of that name."""
    return _BY_NAME[name]
