"""Work of the pages that repeats, found at start."""

from kesher.web.lists.work import forget_files

__all__ = ["forget_files"]
