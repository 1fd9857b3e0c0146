"""Ties too."""

from kesher.customers.import_ties import Ties  # noqa: F401
