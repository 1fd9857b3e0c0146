from django.db import models
from django.db.models.functions import Now

from kesher.core.feeds.models import Arrival, Conflict, Feed  # noqa: F401 - found by Django
from kesher.core.importing.models import ImportRun, RefusedLine  # noqa: F401 - found by Django
from kesher.core.job_models import Job, Schedule, WorkerBeat  # noqa: F401 - found by Django here
from kesher.core.once_models import DoneOnce  # noqa: F401 - found by Django here
from kesher.core.own.models import OwnField  # noqa: F401 - found by Django here


class EventRecord(models.Model):
    """The diary of facts: who caused what, when, and who may hear of it. Never personal data."""

    name = models.CharField(max_length=80)
    payload = models.JSONField()
    actor = models.CharField(max_length=160)
    actor_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=60, blank=True)
    record_id = models.BigIntegerField(null=True)
    version = models.IntegerField(null=True)
    scope_kind = models.CharField(max_length=60, blank=True)  # whose grant decides who may hear
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    branch_ids = models.JSONField(default=list)
    classification = models.CharField(max_length=40, default="open")

    class Meta:
        indexes = (models.Index(fields=("kind", "record_id"), name="event_of_record"),)

    def __str__(self):
        return f"{self.name} {self.pk}"


class Delivery(models.Model):
    """One reaction to one fact: written with the effect, so that a retry never repeats it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    record = models.ForeignKey(EventRecord, on_delete=models.CASCADE, related_name="deliveries")
    reaction = models.CharField(max_length=160)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(db_default=Now())
    error = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("record", "reaction"), name="react_once"),)
        indexes = (
            models.Index(
                fields=("not_before", "id"),
                name="delivery_due",
                condition=models.Q(state="waiting"),
            ),
        )

    def __str__(self):
        return f"{self.reaction} to {self.record_id}"


class Change(models.Model):
    """What one write did to one record: serves merging, undo, and "who changed what, when"."""

    kind = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    version = models.IntegerField()
    actor = models.CharField(max_length=160)
    actor_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField(db_default=Now())
    batch = models.CharField(max_length=40, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("kind", "record_id", "version"), name="change_of_record"),
            models.Index(fields=("batch",), name="change_of_batch", condition=~models.Q(batch="")),
        )

    def __str__(self):
        return f"{self.kind} {self.record_id} v{self.version}"


class SearchEntry(models.Model):
    """What can be found of one record by one classification.

    `words` holds folded words, name keys and scope marks; `text` holds what is matched in part,
    `scope` the branches, team and owner it belongs to.
    """

    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    classification = models.CharField(max_length=40, default="open")
    scope = models.TextField(default="")
    words = models.TextField()
    text = models.TextField()
    weight = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "record_id", "classification"), name="one_entry_a_class"
            ),
        )

    def __str__(self):
        return f"{self.kind} {self.record_id} {self.classification}"


class StoredFile(models.Model):
    """The bytes of a file, kept once by their digest outside the database."""

    digest = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    stored_at = models.DateTimeField(db_default=Now())

    def __str__(self):
        return self.digest[:12]
