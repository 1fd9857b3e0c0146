"""Why a source cannot be reached, or what it sends is not taken."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kesher.core.refusal import Refusal


class SourceRefused(Refusal):
    """Base: the source is not read this time, and says why."""


class AddressRefused(SourceRefused):
    message = _("“%(address)s” is no address that can be fetched. Write it as https://…")


class NamesInAddress(SourceRefused):
    message = _("The address holds a user name or password. Leave out what stands before the @.")


class HostRefused(SourceRefused):
    message = _(
        "“%(host)s” lies inside a private network, and Kesher does not go there by itself. The "
        "administrator can allow it with KESHER_SOURCE_HOSTS."
    )


class PortRefused(SourceRefused):
    message = _(
        "Port %(port)s is not one on which such sources are offered. The administrator can allow "
        "it with KESHER_SOURCE_HOSTS."
    )


class HostUnknown(SourceRefused):
    message = _("Nobody knows a host “%(host)s”. Check how it is spelled.")


class HostSilent(SourceRefused):
    message = _("“%(host)s” does not answer, or hangs up. Kesher tries again by itself.")


class NotTrusted(SourceRefused):
    message = _("“%(host)s” cannot prove who it is: its certificate is not valid for that name.")


class TooManyTurns(SourceRefused):
    message = _("The address leads on to another one again and again. Give the last one.")


class TooSlow(SourceRefused):
    message = _("The source took longer than %(seconds)s seconds. Kesher gave up on it.")


class TooLarge(SourceRefused):
    message = _(
        "The source sends more than %(most)s MB. Bring it once by “kesher import”, and let the "
        "source send less."
    )


class CutShort(SourceRefused):
    message = _("What the source sent broke off in the middle. Nothing of it is taken.")


class NotGiven(SourceRefused):
    message = _("“%(host)s” does not hand this out (answer %(status)s). Check address and rights.")


class Packed(SourceRefused):
    message = _("The source sends packed data that nobody asked for.")


class NoFolders(SourceRefused):
    message = _(
        "No folder is open to Kesher yet. The administrator names some with KESHER_SOURCE_FOLDERS."
    )


class FolderRefused(SourceRefused):
    message = _("The folder “%(folder)s” does not lie below one that is open: %(roots)s.")


class FolderMissing(SourceRefused):
    message = _("There is no folder “%(folder)s”, or it may not be read.")


class FileClimbs(SourceRefused):
    message = _("“%(name)s” leads out of the folder, so it is not read.")


class PatternRefused(SourceRefused):
    message = _("“%(pattern)s” is no name of files. Write something like *.csv, without a folder.")


class TooManyFiles(SourceRefused):
    message = _("More than %(most)s files lie in the folder. Move away those that are done.")


class SignInRefused(SourceRefused):
    message = _("“%(host)s” refuses the user name or password.")


class MailboxMissing(SourceRefused):
    message = _("The mailbox has no folder “%(folder)s”, or it may not be read.")


class MailboxStrange(SourceRefused):
    message = _("“%(host)s” does not speak as a mailbox does.")


class MailTooLarge(SourceRefused):
    message = _("The mail “%(subject)s” is larger than %(most)s MB. It is passed over.")


class DatabaseRefused(SourceRefused):
    message = _("The database refuses: %(reason)s")


class NotASelect(SourceRefused):
    message = _("Write the name of a table, or a single SELECT.")


class OwnDatabase(SourceRefused):
    message = _("This is the database of Kesher itself. It cannot be its own source.")


class DatabaseUnknown(SourceRefused):
    message = _(
        "This is no address of a database. Write postgresql://user@host/name, or sqlite: and the "
        "path of a file in an open folder."
    )


class NothingThere(SourceRefused):
    message = _("The table is empty: it has no columns or no rows.")


class FetchedElsewhere(Refusal):
    """Two at once would bring everything twice."""

    message = _("This source is being fetched right now. Look again in a minute.")
    status = 409


class ColumnsFirst(Refusal):
    """Nobody has said yet what the columns of this source are."""

    message = _("Say first what the columns of its first file are, and import that.")
    status = 409


class NameTaken(Refusal):
    """Two sources of one name."""

    message = _("Another source is called “%(name)s”. Choose another name.")


class NameMissing(Refusal):
    """A source without a name."""

    message = _("Give the source a name that colleagues will recognise.")


class AnsweredAlready(Refusal):
    """Somebody was faster, or the source has given in."""

    message = _("This was settled meanwhile.")
    status = 409
