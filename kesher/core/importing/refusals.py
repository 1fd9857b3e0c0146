"""Why a file, or one line of it, is not taken in."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _

from kesher.core.refusal import Refusal

SHOWN = 40


def shown(text: str, most: int = SHOWN) -> str:
    """A scrap of what stands in a file, fit to be shown and kept, and not too long."""
    visible = "".join(c if unicodedata.category(c)[0] != "C" else "�" for c in text[: most + 1])
    return visible[:most] + "…" if len(visible) > most else visible


class FileRefused(Refusal):
    """The whole file is refused, before anything of it is taken in."""


class FileMissing(FileRefused):
    message = _("There is no file “%(name)s”, or it may not be read.")


class FileEmpty(FileRefused):
    message = _("The file is empty: it holds no line below its headings.")


class FileIsNotText(FileRefused):
    message = _(
        "This is no table of any form known here. Export the data as a spreadsheet, as CSV or as "
        "vCard, and choose that file."
    )


class WorkbookLocked(FileRefused):
    message = _("The spreadsheet is locked with a password. Save it without one and try again.")


class WorkbookBroken(FileRefused):
    message = _(
        "The spreadsheet is damaged or of an unknown form. Open it, save it as XLSX and try again."
    )


class WorkbookTooLarge(FileRefused):
    message = _(
        "The spreadsheet unpacks to more than can be read. Delete what stands far from the table, "
        "or save the table as CSV: that may have any size."
    )


class NoSuchSheet(FileRefused):
    message = _("The spreadsheet has no sheet “%(sheet)s”.")


class NotObjects(FileRefused):
    message = _("What stands in line %(line)s is no JSON object. Each line must hold one.")


class EncodingUnknown(FileRefused):
    message = _(
        "There is no encoding “%(name)s”. Usual ones are utf-8, windows-1255 and windows-1253."
    )


class TooManyColumns(FileRefused):
    message = _("The file has more than %(most)s columns. Keep only those that you need.")


class LineTooLong(FileRefused):
    message = _("Line %(line)s is longer than %(most)s characters. This is probably no CSV file.")


class QuoteNeverClosed(FileRefused):
    message = _(
        "A quotation mark that opens in line %(line)s is never closed. Close it and try again."
    )


class HeadingTwice(FileRefused):
    message = _(
        "Two columns are called “%(heading)s”. Rename one of them, or say which one to take."
    )


class FieldTwice(FileRefused):
    message = _("“%(field)s” can be taken from one column only. Choose one.")


class ColumnsMissing(FileRefused):
    message = _(
        "No column was recognised for %(missing)s. The headings are: %(headings)s. "
        "Say which column it is."
    )


class OtherKind(FileRefused):
    message = _(
        "This looks like a file of %(other)s, not of %(kind)s: no column was recognised for "
        "%(missing)s."
    )


class NoSuchColumn(FileRefused):
    message = _("The file has no column “%(column)s”. Its headings are: %(headings)s.")


class NoSuchField(FileRefused):
    message = _("There is no field “%(field)s” to take in. There are: %(fields)s.")


class NoSuchMatch(FileRefused):
    message = _("Lines cannot be matched by “%(field)s”, only by: %(fields)s.")


class FileChanged(FileRefused):
    message = _("The file was changed after it was read. Read it anew.")


class LineRefused(Refusal):
    """One line is refused; the others go on."""


class TooManyCells(LineRefused):
    message = _("The line has %(cells)s cells, the headings are %(columns)s.")


class NotARecord(LineRefused):
    message = _("The line holds a sum or a note about the table, not a record.")


class RepeatsHeadings(LineRefused):
    message = _("The line repeats the headings.")


class Damaged(LineRefused):
    message = _("“%(column)s” holds damaged characters. Save the file as CSV UTF-8 anew.")


class HoldsFormula(LineRefused):
    message = _("“%(column)s” holds a formula (%(value)s), not a value.")


class Shortened(LineRefused):
    message = _(
        "“%(column)s” holds “%(value)s”: a spreadsheet cut the number short. Give the column the "
        "form of a number without decimals or of text there, and save the file anew."
    )


class ManyLines(LineRefused):
    message = _("“%(column)s” goes over several lines. Perhaps a quotation mark is not closed.")


class CellTooLong(LineRefused):
    message = _("“%(column)s” has %(length)s characters; at most %(most)s fit.")


class NotADay(LineRefused):
    message = _("“%(column)s” holds “%(value)s”, which is no date. Write %(example)s.")


class NotATime(LineRefused):
    message = _("“%(column)s” holds “%(value)s”, which is no time of day. Write 14:30.")


class DayOutOfRange(LineRefused):
    message = _("“%(column)s” holds “%(value)s”; it must lie between %(first)s and %(last)s.")


class NotANumber(LineRefused):
    message = _("“%(column)s” holds “%(value)s”, which is no number.")


class TwoReadings(LineRefused):
    message = _(
        "“%(column)s” holds “%(value)s”, which may mean %(one)s or %(other)s. Write it without "
        "separators."
    )


class UnknownWord(LineRefused):
    """A word that is none of a few; somebody can say which of them it means."""

    field = ""

    def __init__(self, *, word: str, **named: object):
        super().__init__(**named)
        self.word = word


class NotAChoice(UnknownWord):
    message = _("“%(column)s” holds “%(value)s”; it takes only: %(choices)s.")


class CellMissing(LineRefused):
    message = _("“%(column)s” is empty.")


class SaidOtherwise(LineRefused):
    message = _("Line %(line)s is about the same one and says otherwise of: %(fields)s.")


class NotKept(LineRefused):
    message = _(
        "The line could not be kept: somebody else writes the same at this moment. Try again."
    )
