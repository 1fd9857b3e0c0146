"""In which words a message is written: those of the business where it chose some, else ours."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.engagement.filling import fields_in, fill
from kesher.engagement.message_texts import TEMPLATES, MessageTemplate, Text
from kesher.engagement.models import MessageText

# What somebody writes himself has no words of ours.
WORDED = {name: one for name, one in TEMPLATES.items() if "text" not in one.fields}
LONGEST_SUBJECT, LONGEST_BODY, LONGEST_BUTTON = 150, 5000, 60


class WordsMissing(Refusal):
    """A message says what it is about, and says it."""

    message = _("A message has a subject and a text.")


class ButtonMissing(Refusal):
    """A message whose link nobody finds helps nobody."""

    message = _("This message leads somewhere. Type what stands on its button.")


class WordsTooLong(Refusal):
    """More than anybody reads."""

    message = _("A subject has at most 150 characters, a text 5000 and a button 60.")


def text_of(template: MessageTemplate, language: str) -> Text:
    """The text of a message as it is now."""
    held = MessageText.objects.filter(template=template.name, language=language).first()
    if held is None:
        return template.texts[language]
    return Text(held.subject, held.body, held.button)


def checked(template: MessageTemplate, text: Text) -> Text:
    """The text if it can be sent: all of it is there, and it names only what the message knows."""
    subject, body, button = " ".join(clean(text.subject).split()), clean(text.body), text.button
    button = " ".join(clean(button).split()) if template.link else ""
    if not subject or not body:
        raise WordsMissing
    if template.link and not button:
        raise ButtonMissing
    lengths = (len(subject), len(body), len(button))
    most = (LONGEST_SUBJECT, LONGEST_BODY, LONGEST_BUTTON)
    if any(one > limit for one, limit in zip(lengths, most, strict=True)):
        raise WordsTooLong
    for part in (subject, body):
        fields_in(part, template.fields)
    if "{" in button or "}" in button:
        fields_in(button, frozenset())
    return Text(subject, body, button)


def filled(template: MessageTemplate, text: Text, values: Mapping[str, object]) -> Text:
    """The text with its fields filled in, as it would be read."""
    subject = " ".join(fill(text.subject, values, template.fields).split())[:200]
    return Text(subject, fill(text.body, values, template.fields), text.button)
