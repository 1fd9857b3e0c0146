"""The list machine: a declaration of ten lines becomes a list with filters, views and all the rest.

Here is what a list shows and does; how it looks is drawn above. It knows no kind of record: fields
come from the catalogue, conditions from the grammar, rights from access.
"""
