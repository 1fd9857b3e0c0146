"""Tables of work that goes on beside the pages: its progress, its clock, and who does it."""

from django.db import models
from django.db.models.functions import Now


class Job(models.Model):
    """Work that takes longer than a second, and how far it has come."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=80)
    actor = models.CharField(max_length=160)
    actor_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("actor_id", "-id"), name="job_of_actor"),)

    def __str__(self):
        return f"{self.name} {self.key}"


class Schedule(models.Model):
    """When a repeating job is due next; whoever moves the moment on has won the run."""

    name = models.CharField(max_length=160, primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self):
        return self.name


class WorkerBeat(models.Model):
    """A worker that lives, and when it last said so."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    place = models.CharField(max_length=80)
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self):
        return self.worker_id
