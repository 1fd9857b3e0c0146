"""Tables of work that goes on beside the pages: its progress, its clock, and who does it."""

from django.db import models
from django.db.models.functions import Now


class Cancelled(Exception):
    """Somebody asked this work to stop."""


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

    @property
    def is_over(self) -> bool:
        """Whether nothing remains to be done. A failed job may be begun again."""
        return self.state in {self.State.DONE, self.State.CANCELLED}

    @property
    def percent(self) -> int | None:
        """How much is done, where the whole is known."""
        return min(100, self.done * 100 // self.total) if self.total else None

    def begin(self) -> None:
        self._write(state=self.State.RUNNING, started_at=self.started_at or Now(), error="")

    def advance(self, steps: int = 1) -> None:
        """Count steps as done; raise Cancelled, and so undo them, when asked to stop."""
        self._write(done=models.F("done") + steps)
        if self.cancel_asked_at is not None:
            raise Cancelled(self.name)

    def end(self, state: State, *, error: str = "") -> None:
        self._write(state=state, error=error, result=self.result, finished_at=Now())

    def ask_to_cancel(self) -> None:
        self._write(cancel_asked_at=Now())
        Job.objects.filter(pk=self.pk, state=self.State.WAITING).update(
            state=self.State.CANCELLED, finished_at=Now()
        )
        self.refresh_from_db()

    def _write(self, **values) -> None:
        """Write these columns alone, and read what others wrote meanwhile; the result is ours."""
        Job.objects.filter(pk=self.pk).update(**values)
        result = self.result
        self.refresh_from_db()
        if "result" not in values:
            self.result = result


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
