"""Taking in files: reading, recognising, checking and running; each part declares its kinds.

A part says in `imports.py` which columns a kind has, and judges and writes lines of it; how a file
is read, shown, run in small steps, resumed, reported and undone is the same for all kinds.
"""
