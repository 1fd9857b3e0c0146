"""The demo business: an invented clinic with two branches, its staff, customers and two years.

It announces nothing of its own and owns no table; all of it is written through the commands of the
parts, marked as demo, and taken away again without touching anything else.
"""
