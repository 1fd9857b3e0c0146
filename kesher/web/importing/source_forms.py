"""What is asked of somebody who connects a source: its name and rhythm, and where it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kesher.core.feeds.models import Feed
from kesher.web.organization.saving import Form

RHYTHMS = [(Feed.Rhythm.HOUR, _("every hour")), (Feed.Rhythm.DAY, _("every day"))]
SILENCES = [
    (0, _("never")), (1, _("after a day")), (3, _("after three days")), (7, _("after a week")),
    (31, _("after a month")), (92, _("after three months")),
]  # fmt: skip
LTR = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}


def _line(label: Any, *, most: int = 300, **more: Any) -> forms.CharField:
    """A line of what machines read: never turned round, never completed."""
    return forms.CharField(label=label, max_length=most, widget=forms.TextInput(attrs=LTR), **more)


def _secret(label: Any, **more: Any) -> forms.CharField:
    hidden = forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"})
    return forms.CharField(label=label, max_length=400, widget=hidden, strip=False, **more)


class FeedForm(Form):
    """What every source has."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As colleagues will read it beside a value.")
    )
    rhythm = forms.ChoiceField(label=_("Fetched"), choices=RHYTHMS, initial=Feed.Rhythm.DAY)
    silent_after = forms.TypedChoiceField(
        label=_("Tell me when nothing has come"), choices=SILENCES, coerce=int, initial=0
    )
    secret_name = ""  # the field that is sealed
    last = ("rhythm", "silent_after")  # asked once it is said where the source is

    def __init__(self, *args: Any, **named: Any):
        super().__init__(*args, **named)
        self.order_fields([name for name in self.fields if name not in self.last])

    def place(self) -> dict[str, str]:
        """Where it is."""
        common = {*FeedForm.base_fields, self.secret_name}
        return {name: self.cleaned_data[name] for name in self.fields if name not in common}

    def secret(self) -> str:
        """What is sealed."""
        return self.cleaned_data[self.secret_name] if self.secret_name else ""


class FolderForm(FeedForm):
    folder = _line(_("Folder"), help_text=_("Below one that the administrator has opened."))
    pattern = _line(_("Files"), most=100, initial="*", help_text=_("For example *.csv"))


class AddressForm(FeedForm):
    address = _line(
        _("Web address"), most=2000,
        help_text=_("https://… of a file. What stands behind a question mark is kept secret."),
    )  # fmt: skip


class MailboxForm(FeedForm):
    host = _line(_("Mail server"), help_text="imap.example.org")
    user = _line(_("User name"))
    password = _secret(_("Password"), help_text=_("Kept sealed; it is never shown again."))
    folder = _line(_("Folder of the mailbox"), initial="INBOX")
    sender = _line(
        _("Only from"), required=False, help_text=_("An address, or its end: @supplier.example")
    )
    pattern = _line(_("Attachments"), most=100, initial="*", help_text=_("For example *.csv"))
    secret_name = "password"  # noqa: S105 - the name of a field


class DatabaseForm(FeedForm):
    address = _line(
        _("Database"), help_text=_("postgresql://user@host/name, or sqlite: and a path")
    )
    password = _secret(
        _("Password"), required=False, help_text=_("Kept sealed; it is never shown again.")
    )
    table = forms.CharField(
        label=_("Table, or a SELECT"), max_length=4000, help_text=_("Kesher only ever reads."),
        widget=forms.Textarea(attrs=LTR | {"rows": 2}),
    )  # fmt: skip
    secret_name = "password"  # noqa: S105 - the name of a field


FORMS: dict[str, type[FeedForm]] = {
    Feed.Way.FOLDER: FolderForm, Feed.Way.ADDRESS: AddressForm, Feed.Way.MAILBOX: MailboxForm,
    Feed.Way.DATABASE: DatabaseForm,
}  # fmt: skip
LABELS = {
    Feed.Way.FOLDER: (_("Folder"), "folder", _("Files that another program puts into a folder")),
    Feed.Way.ADDRESS: (_("Web address"), "world",
                       _("A file that another program offers on the web")),
    Feed.Way.MAILBOX: (pgettext_lazy("kind of source", "Mailbox"), "mail",
                       _("Files that come as attachments of mails")),
    Feed.Way.DATABASE: (_("Database"), "table", _("A table of another program's database")),
}  # fmt: skip


class WinsForm(FeedForm):
    """A source that is connected: its rhythm, and of each field who wins."""

    def __init__(self, *args: Any, feed: Feed, **named: Any):
        super().__init__(*args, **named)
        self.of_place = FORMS[feed.way]
        if self.of_place.secret_name:
            self.fields["secret"] = _secret(
                _("New password"), required=False,
                help_text=_("Leave it empty to keep the one that is sealed."),
            )  # fmt: skip
        elif feed.way == Feed.Way.ADDRESS:
            self.fields["secret"] = _line(
                _("New address"), most=2000, required=False,
                help_text=_("Leave it empty to keep the one that is sealed."),
            )  # fmt: skip
