"""Work of the pages that repeats, found at start."""

from kesher.web.importing.feeding import ask_whose_turn, look_after_sources
from kesher.web.importing.work import forget_imports
from kesher.web.lists.work import forget_files

__all__ = ["ask_whose_turn", "forget_files", "forget_imports", "look_after_sources"]
