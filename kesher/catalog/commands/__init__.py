"""Writes to the list of what we sell."""
