"""The words of the messages that Kesher writes by itself: changed, tried out, brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import require_kind, visible
from kesher.core.refusal import Refusal
from kesher.engagement.commands.wording import restore_wording, word_message
from kesher.engagement.message_texts import MessageTemplate, Text
from kesher.engagement.models import MessageText
from kesher.engagement.wording import WORDED, checked, filled, text_of
from kesher.organization.models import Language
from kesher.web.organization.frame import done, settings_page
from kesher.web.organization.saving import Form, save

TITLES = {
    "invitation": gettext_lazy("Invitation of a colleague"),
    "password_reset": gettext_lazy("Link to a new password"),
    "password_changed": gettext_lazy("The password was changed"),
    "second_step_added": gettext_lazy("A second step was added"),
    "second_step_removed": gettext_lazy("The second step was removed"),
    "passkey_added": gettext_lazy("A passkey was added"),
    "passkey_removed": gettext_lazy("A passkey was removed"),
    "recovery_codes_made": gettext_lazy("New recovery codes were made"),
    "address_changed": gettext_lazy("The sign-in address was changed"),
    "emergency_opened": gettext_lazy("Something was opened in an emergency"),
}
RIGHT_TO_LEFT = ("he",)


class WordsForm(Form):
    """A message in one language. Its fields stand in braces."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=150)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=5000, widget=forms.Textarea(attrs={"rows": 9}),
        help_text=gettext_lazy("An empty line begins a new paragraph."),
    )  # fmt: skip
    button = forms.CharField(label=gettext_lazy("Button"), max_length=60)

    def __init__(self, *args: Any, template: MessageTemplate, language: str, **named: Any):
        super().__init__(*args, **named)
        if not template.link:
            del self.fields["button"]
        way = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        for name in self.fields.keys() - {"seen"}:
            self.fields[name].widget.attrs |= {"lang": language, "dir": way}

    @property
    def text(self) -> Text:
        typed = self.cleaned_data
        return Text(typed["subject"], typed["body"], typed.get("button", ""))


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Every message, and in which languages it is in the business's own words."""
    require_kind(request.actor, "manage", MessageText)
    held = visible(request.actor, MessageText, "manage")
    own = set(held.values_list("template", "language"))
    rows = [
        (name, TITLES[name], [(code, said, (name, code) in own) for code, said in Language.choices])
        for name in WORDED
    ]
    return settings_page(request, "organization/messages.html", "message-texts", rows=rows)


def text(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """One message in one language: its words, and how they would arrive."""
    require_kind(request.actor, "manage", MessageText)
    template = _template(name, language)
    held = visible(request.actor, MessageText, "manage").filter(template=name, language=language)
    own = held.first()
    shown = text_of(template, language)
    initial = {
        "seen": own.version if own else 0, "subject": shown.subject, "body": shown.body,
        "button": shown.button,
    }  # fmt: skip
    form = WordsForm(request.POST or None, template=template, language=language, initial=initial)
    is_tried = "try" in request.POST
    if request.method == "POST" and form.is_valid():
        shown = form.text
        seen = form.cleaned_data["seen"]
        if not is_tried and save(
            form,
            lambda: word_message(
                by=request.actor, template=name, language=language, text=shown, seen=seen
            ),
        ):
            return done(request, _("The words are saved."), "message-text", name, language)
    context = {
        "form": form, "name": name, "title": TITLES[name], "language": language,
        "language_label": Language(language).label, "is_own": own is not None,
        "fields": [f"{{{field}}}" for field in sorted(template.fields - {template.link})],
        "way": "rtl" if language in RIGHT_TO_LEFT else "ltr", "held": request.business,
        "preview": _preview(request, template, language, shown, form),
    }  # fmt: skip
    return settings_page(
        request, "organization/message.html", "message-texts", form.status, **context
    )


def _template(name: str, language: str) -> MessageTemplate:
    if name not in WORDED or language not in Language.values:
        raise Http404
    return WORDED[name]


def _preview(
    request: HttpRequest, template: MessageTemplate, language: str, text: Text, form: Form
) -> Text | None:
    """The message as it would arrive, or nothing where it could not be sent."""
    if form.is_bound and form.errors:
        return None
    with override(language):
        until = date_format(timezone.localdate() + timedelta(days=7), "DATE_FORMAT")
    values = {
        "name": request.user.name, "business": request.business.name,
        "inviter": request.actor.label, "until": until, "link": settings.ADDRESS.url,
    }  # fmt: skip
    try:
        return filled(template, checked(template, text), values)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


@require_POST
def reset(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """Go back to the words that came with Kesher."""
    _template(name, language)
    restore_wording(by=request.actor, template=name, language=language)
    return done(
        request, _("The message has its first words again."), "message-text", name, language
    )
