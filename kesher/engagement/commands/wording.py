"""The business chooses the words of the messages that Kesher writes by itself."""

from __future__ import annotations

from django.db import transaction

from kesher.core.access import Actor, require_kind
from kesher.core.changes import EditConflict, change, record_added, record_changes
from kesher.core.events import announce
from kesher.engagement.commands.messaging import UnknownTemplate
from kesher.engagement.events import WordingChanged
from kesher.engagement.message_texts import Text
from kesher.engagement.models import MessageText
from kesher.engagement.wording import WORDED, checked
from kesher.organization.addresses import spoken

SAID = ("subject", "body", "button")


@transaction.atomic
def word_message(
    *, by: Actor, template: str, language: str, text: Text, seen: int | None = None
) -> MessageText:
    """Say in which words a message is written in one language from now on."""
    require_kind(by, "manage", MessageText)
    if template not in WORDED:
        raise UnknownTemplate(name=template[:60])
    worded = checked(WORDED[template], text)
    values = {name: getattr(worded, name) for name in SAID}
    held, is_new = MessageText.objects.get_or_create(
        template=template, language=spoken(language), defaults=values
    )
    if is_new:
        record_added(by=by, record=held, values=values)
    elif seen == 0:  # a colleague was the first to choose words
        raise EditConflict([])
    else:
        held, _changed = change(by=by, record=held, values=values, seen=seen)
    announce(WordingChanged(text_id=held.pk), by=by, about=held)
    return held


@transaction.atomic
def restore_wording(*, by: Actor, template: str, language: str) -> None:
    """Go back to the words that came with Kesher."""
    require_kind(by, "manage", MessageText)
    held = MessageText.objects.filter(template=template, language=language).first()
    if held is None:
        return
    record_changes(by=by, rows=[(held, {name: getattr(held, name) for name in SAID}, None)])
    announce(WordingChanged(text_id=held.pk), by=by, about=held)
    held.delete()
