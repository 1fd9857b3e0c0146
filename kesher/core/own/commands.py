"""Every write to what a field of the business's own is. Its values are written with the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kesher.core.access import Actor, require_kind
from kesher.core.changes import change, locked, new_batch, record_added
from kesher.core.columns import OWN_PREFIX
from kesher.core.events import announce
from kesher.core.fields import kind_of
from kesher.core.own.catalogue import keeper_of, refresh
from kesher.core.own.events import OwnFieldChanged
from kesher.core.own.models import SLOTS, OwnField
from kesher.core.own.values import checked
from kesher.core.refusal import Refusal
from kesher.core.text import clean, fold, in_language

LONGEST_LABEL = 60
MOST_CHOICES = 200
Labels = Mapping[str, str]


class NameMissing(Refusal):
    """A field has a name in at least one language."""

    message = _("Type a name for the field.")


class NameTaken(Refusal):
    """Two fields of one name would be mistaken for each other."""

    message = _("There is a field called “%(name)s” already. Choose another name.")


class RetiredHasName(Refusal):
    """A retired field may come back, and then two would have one name."""

    message = _("A retired field is called “%(name)s”. Bring it back, or choose another name.")


class TooManyFields(Refusal):
    """The slots of the kind are used up."""

    message = _("There is room for %(most)s fields of your own, and all of it is taken.")


class NotYoursToClassify(Refusal):
    """Nobody puts away what he could not read himself."""

    message = _("You can only choose a classification that you may read yourself.")
    status = 403


class ChoicesMissing(Refusal):
    """A choice between nothing."""

    message = _("Write at least one choice.")


class ChoiceTwice(Refusal):
    """Two choices of one name."""

    message = _("“%(name)s” stands twice among the choices.")


class TooManyChoices(Refusal):
    """A list that nobody reads through."""

    message = _("A field offers at most %(most)s choices.")


class ChoiceInUse(Refusal):
    """Records hold the choice that was to be removed."""

    message: Any = _("This choice is in use.")

    def __init__(self, name: str, count: int):
        said = ngettext(
            "“%(name)s” stands with %(count)s record. Retire it: it stays there and is offered"
            " no more.",
            "“%(name)s” stands with %(count)s records. Retire it: it stays there and is offered"
            " no more.",
            count,
        )
        super().__init__(name=name, count=count)
        self.message = said


class CurrencyMissing(Refusal):
    """An amount without a currency says nothing."""

    message = _("An amount needs a currency of three letters, such as EUR.")


@dataclass
class NewOwnField:
    """All that may be said of a field when it is made: a name and a type are enough."""

    kind: str
    labels: Labels
    type: str = OwnField.Type.TEXT
    classification: str = "open"
    choices: Sequence[Mapping[str, Any]] = ()  # names by language, or whole with their keys
    hint: str = ""
    section: str = ""
    is_required: bool = False
    default: str = ""
    currency: str = ""
    key: str = ""  # where it comes back from an archive


@transaction.atomic
def add_own_field(*, by: Actor, new: NewOwnField) -> OwnField:
    """Make a field of one's own; it is in forms, lists and files at once."""
    require_kind(by, "manage", OwnField)
    keeper_of(new.kind)
    labels = _labels(new.labels)
    _refuse_taken(new.kind, labels)
    if not by.cleared_for(new.classification):
        raise NotYoursToClassify
    rows = OwnField.objects.filter(kind=new.kind)
    made = OwnField(
        kind=new.kind,
        key=new.key or _key(labels, set(rows.values_list("key", flat=True))),
        slot=free_slot(new.kind),
        type=OwnField.Type(new.type),
        labels=labels,
        hint=clean(new.hint)[:200],
        classification=new.classification,
        section=clean(new.section)[:60],
        position=(rows.aggregate(last=Max("position"))["last"] or 0) + 1,
        is_required=new.is_required,
        currency=currency_of(new.type, new.currency),
    )
    made.choices = offered(
        made, [one if "labels" in one else {"labels": one} for one in new.choices]
    )
    made.default = _default(made, new.default)
    made.save()
    record_added(by=by, record=made, values={"key": made.key, "type": made.type}, batch=new_batch())
    return tell(by, made)


@transaction.atomic
def change_own_field(
    *, by: Actor, own_field: OwnField, values: Mapping[str, Any], seen: int | None = None
) -> OwnField:
    """Change what a field is called, where it stands, who reads it; its values stay."""
    require_kind(by, "manage", OwnField)
    allowed = ("labels", "hint", "section", "classification", "is_required", "default", "choices")
    kept = {name: value for name, value in values.items() if name in allowed}
    held = locked(own_field)
    if not by.cleared_for(held.classification):
        raise NotYoursToClassify
    if "labels" in kept:
        kept["labels"] = _labels(kept["labels"])
        _refuse_taken(held.kind, kept["labels"], but=held)
    if not by.cleared_for(kept.get("classification", held.classification)):
        raise NotYoursToClassify
    if "choices" in kept:
        kept["choices"] = offered(held, kept["choices"])
        held.choices = kept["choices"]
    if "default" in kept:
        kept["default"] = _default(held, kept["default"])
    for name, most in (("hint", 200), ("section", 60)):
        if name in kept:
            kept[name] = clean(kept[name])[:most]
    changed, _differing = change(by=by, record=own_field, values=kept, seen=seen, batch=new_batch())
    return tell(by, changed)


@transaction.atomic
def rename_own_field(*, by: Actor, own_field: OwnField, labels: Labels) -> OwnField:
    """Call a field something else; what it holds, and where it is used, stays."""
    return change_own_field(by=by, own_field=own_field, values={"labels": labels})


@transaction.atomic
def order_own_fields(*, by: Actor, kind: str, keys: Sequence[str]) -> None:
    """Put the fields of a kind into an order; those not named come last."""
    require_kind(by, "manage", OwnField)
    places = {key: at for at, key in enumerate(keys, start=1)}
    for one in OwnField.objects.filter(kind=kind):
        place = places.get(one.key, len(places) + one.position)
        if place != one.position:
            change(by=by, record=one, values={"position": place}, batch=new_batch())
    refresh()


@transaction.atomic
def retire_own_field(*, by: Actor, own_field: OwnField, now: datetime) -> OwnField:
    """Take a field out of forms and lists; its values are kept and come back with it."""
    require_kind(by, "manage", OwnField)
    retired, _changed = change(
        by=by, record=own_field, values={"retired_at": now}, batch=new_batch()
    )
    return tell(by, retired)


@transaction.atomic
def restore_own_field(*, by: Actor, own_field: OwnField) -> OwnField:
    """Bring a retired field back, with all that it held."""
    require_kind(by, "manage", OwnField)
    _refuse_taken(own_field.kind, own_field.labels, but=own_field)
    back, _changed = change(by=by, record=own_field, values={"retired_at": None}, batch=new_batch())
    return tell(by, back)


def tell(by: Actor, one: OwnField) -> OwnField:
    """Let everybody know that a field is another one than it was."""
    announce(OwnFieldChanged(own_field_id=one.pk), by=by)
    refresh()
    return one


# ---- names


def _labels(given: Labels) -> dict[str, str]:
    known = dict(settings.LANGUAGES)
    labels = {
        language: text[:LONGEST_LABEL]
        for language, name in given.items()
        if language in known and (text := " ".join(clean(str(name)).split()))
    }
    if not labels:
        raise NameMissing
    return labels


def _refuse_taken(kind: str, labels: Labels, but: OwnField | None = None) -> None:
    """The names of Kesher's own fields count too: files and lists know fields by name."""
    wanted = {fold(name): name for name in labels.values()}
    rows = OwnField.objects.filter(kind=kind).exclude(pk=but.pk if but else None)
    for one in rows:
        for name in one.labels.values():
            if fold(name) in wanted:
                raise (RetiredHasName if one.retired_at else NameTaken)(name=name)
    taken = wanted.keys() & _built_in(kind)
    if taken:
        raise NameTaken(name=wanted[taken.pop()])


def _built_in(kind: str) -> set[str]:
    names = set()
    declared = [one for one in kind_of(kind).fields.values() if not one.is_own]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names |= {fold(str(one.label)) for one in declared}
    return names


def _key(labels: Labels, taken: Iterable[str]) -> str:
    """A name for addresses and files. One that ends in _id would pass for a key of the database."""
    slug = next((word for name in _in_order(labels) if (word := _slug(name))), "field")
    base = f"{OWN_PREFIX}{slug}"
    number, key = 1, base if not base.endswith("_id") else f"{base}_1"
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key


def _in_order(labels: Labels) -> list[str]:
    return [labels[one] for one in ("en", *labels) if one in labels]


def _slug(name: str) -> str:
    return slugify(name).replace("-", "_").strip("_")[:40]


def free_slot(kind: str) -> int:
    """The lowest number that no field of the kind has or had."""
    taken = set(OwnField.objects.filter(kind=kind).values_list("slot", flat=True))
    for one in OwnField.objects.filter(kind=kind):
        taken |= {former["slot"] for former in one.former} | set(one.spent)
        taken |= {one.next["slot"]} if one.next else set()
    free = next((slot for slot in range(1, SLOTS + 1) if slot not in taken), None)
    if free is None:
        raise TooManyFields(most=SLOTS)
    return free


# ---- what it may hold


def currency_of(kind: str, given: str) -> str:
    """The currency of amounts; of anything else none."""
    if kind != OwnField.Type.MONEY:
        return ""
    currency = clean(given).upper()
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise CurrencyMissing
    return currency


def _default(one: OwnField, given: str) -> str:
    """What new records begin with, as it is kept."""
    text = clean(given)[:200]
    if not text or one.type == OwnField.Type.MANY:
        return ""
    return str(checked(one, text))


def offered(one: OwnField, wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The choices in their new order. Of those that go, none may stand with a record."""
    if not one.is_chosen:
        return []
    if len(wanted) > MOST_CHOICES:
        raise TooManyChoices(most=MOST_CHOICES)
    kept, names = [], set[str]()
    keys = {choice["key"] for choice in (one.choices if one.pk else [])}
    for choice in wanted:
        labels = _labels(choice["labels"])
        folded = {fold(name) for name in labels.values()}
        if folded & names:
            raise ChoiceTwice(name=in_language(labels, translation.get_language() or "en"))
        names |= folded
        key = choice.get("key") or _choice_key(labels, keys)
        keys.add(key)
        kept.append({"key": key, "labels": labels, "retired": bool(choice.get("retired"))})
    if not any(not choice["retired"] for choice in kept):
        raise ChoicesMissing
    _refuse_gone(one, kept)
    return kept


def _choice_key(labels: Labels, taken: set[str]) -> str:
    slug = next((word for name in _in_order(labels) if (word := _slug(name))), "c")
    number, key = 1, slug
    while key in taken or key in ("none", "me"):
        number += 1
        key = f"{slug}_{number}"
    return key


def _refuse_gone(one: OwnField, kept: Sequence[Mapping[str, Any]]) -> None:
    still = {choice["key"] for choice in kept}
    for choice in one.choices if one.pk else ():
        if choice["key"] not in still and (count := used(one, choice["key"])):
            name = in_language(choice["labels"], translation.get_language() or "en")
            raise ChoiceInUse(name, count)


def used(one: OwnField, choice: str) -> int:
    """How many records hold a choice."""
    rows: Any = keeper_of(one.kind).values
    return int(rows._default_manager.filter(slot=one.slot, text=choice).count())
