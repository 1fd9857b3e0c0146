"""Work of the pages that repeats, found at start."""

from kesher.web.importing.work import forget_imports
from kesher.web.lists.work import forget_files

__all__ = ["forget_files", "forget_imports"]
