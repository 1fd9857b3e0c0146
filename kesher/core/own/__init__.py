"""Fields of the business's own: defined as rows, kept in one JSON column of each record.

A table beside the records holds what is filtered and sorted by, a row for each value, so that a new
field needs no change of the database. A part says in `fields.py` which of its kinds keep them.
"""
