"""How a line of the log looks."""

import logging


class OneLine(logging.Formatter):
    """Time, level, place, message; what somebody typed cannot begin a line of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        line = super().formatMessage(record)
        return "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in line)
