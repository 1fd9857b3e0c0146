"""Kesher: one customer, one record, one history, for businesses that serve people."""
