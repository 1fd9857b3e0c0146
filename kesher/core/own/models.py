"""A field that the business made for itself, and the table in which its values are found."""

from copy import copy
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy

from kesher.core.text import in_language

SLOTS = 250  # fields of one kind that can be filtered and sorted by


class OwnField(models.Model):
    """One field of the business's own: what it is called, what it holds, who may read it."""

    class Type(models.TextChoices):
        TEXT = "text", pgettext_lazy("type of a field", "Text")
        LONG = "long", pgettext_lazy("type of a field", "Long text")
        NUMBER = "number", pgettext_lazy("type of a field", "Number")
        MONEY = "money", pgettext_lazy("type of a field", "Money")
        DATE = "date", pgettext_lazy("type of a field", "Date")
        MOMENT = "moment", pgettext_lazy("type of a field", "Date and time")
        CHOICE = "choice", pgettext_lazy("type of a field", "Choice")
        MANY = "many", pgettext_lazy("type of a field", "Several of a choice")
        YES_NO = "yes_no", pgettext_lazy("type of a field", "Yes or no")
        LINK = "link", pgettext_lazy("type of a field", "Link")

    kind = models.CharField(max_length=40)  # of record, as lists name it
    key = models.CharField(max_length=60)  # in addresses, files and changes; never another
    slot = models.PositiveSmallIntegerField()  # where its values lie, until its type is changed
    type = models.CharField(max_length=8, choices=Type)
    labels = models.JSONField(default=dict)  # language -> name
    hint = models.CharField(max_length=200, blank=True)
    classification = models.CharField(max_length=40, default="open")
    section = models.CharField(max_length=60, blank=True)
    position = models.IntegerField(default=0)
    is_required = models.BooleanField(default=False)
    default = models.CharField(max_length=200, blank=True)
    choices = models.JSONField(default=list)  # {"key", "labels", "retired"}
    currency = models.CharField(max_length=3, blank=True)
    next = models.JSONField(null=True)  # what it will be once its values are converted
    former = models.JSONField(default=list)  # what it was before its type was changed
    spent = models.JSONField(default=list)  # slots in which something is left behind
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("kind", "key"), name="own_field_key_once"),
            models.UniqueConstraint(fields=("kind", "slot"), name="own_field_slot_once"),
        )

    def __str__(self):
        return self.label

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return in_language(self.labels, get_language() or "en")

    @property
    def place(self) -> str:
        """Its key in the column of a record."""
        return f"s{self.slot}"

    @property
    def becoming(self) -> "OwnField":
        """The field as it will be, once its values are converted."""
        return self._as(self.next or {})

    @property
    def before(self) -> "OwnField":
        """The field as it was, before its type was changed."""
        return self._as(self.former[-1])

    def _as(self, said: dict[str, Any]) -> "OwnField":
        one = copy(self)
        one.default, one.is_required = said.get("default", ""), False
        for name in ("type", "slot", "choices", "currency"):
            setattr(one, name, said[name])
        return one

    @property
    def is_chosen(self) -> bool:
        """Whether its values are among those that it offers."""
        return self.type in (self.Type.CHOICE, self.Type.MANY)


class OwnValue(models.Model):
    """One value as it is filtered and sorted by. A kind has a table of these, with its record."""

    RECORD = ""  # the column of the record

    slot = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120, null=True)
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)

    class Meta:
        abstract = True


def found_by(record: str, prefix: str) -> tuple[models.Index, ...]:
    """The indexes of such a table: by record, and by each column that may hold the value."""
    columns = ("text", "number", "day", "moment")
    return (
        models.Index(fields=(record, "slot"), name=f"{prefix}_of_record"),
        *(
            models.Index(
                fields=("slot", column, record),
                name=f"{prefix}_by_{column}",
                condition=Q(**{f"{column}__isnull": False}),
            )
            for column in columns
        ),
    )
