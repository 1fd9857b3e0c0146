from django.db import models
from django.db.models.functions import Now


class ImportRun(models.Model):
    """One file on its way in: its shape, what its columns bring, how far it has come."""

    class State(models.TextChoices):
        READ = "read"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"
        UNDONE = "undone"

    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=160)
    path = models.TextField(blank=True)  # in bytes as Latin-1; empty once the file is forgotten
    is_ours = models.BooleanField(default=True)  # a copy of our own, to be deleted in time
    form = models.CharField(max_length=10, default="text")
    rows = models.TextField(blank=True)  # where they are laid out if it is no plain text
    sheet = models.CharField(max_length=80, blank=True)
    sheets = models.JSONField(default=list)
    encoding = models.CharField(max_length=20, blank=True)
    separator = models.CharField(max_length=1, blank=True)
    headings = models.JSONField()
    heading_line = models.IntegerField()
    shape = models.CharField(max_length=64, default="")  # told by the headings
    size = models.BigIntegerField()
    stamp = models.BigIntegerField()
    count = models.BigIntegerField()
    columns = models.JSONField(default=dict)
    match = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    language = models.CharField(max_length=5, default="en")
    actor = models.CharField(max_length=160)
    actor_id = models.BigIntegerField(null=True)
    batch = models.CharField(max_length=40, unique=True)
    undo_batch = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=9, choices=State, default=State.READ)
    expected = models.JSONField(null=True)  # what looking through it first has shown
    counts = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("actor_id", "-id"), name="imports_of_actor"),
            models.Index(fields=("shape", "-id"), name="imports_of_shape"),
        )

    def __str__(self):
        return f"{self.kind} {self.file_name}"


class RefusedLine(models.Model):
    """A line that was not taken in: where it stands, why, and its cells as they stood."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refused_lines")
    number = models.BigIntegerField()
    code = models.CharField(max_length=80, default="")  # the refusal's name, for machines
    said = models.JSONField(default=dict)  # its sentence and what that names, in no language yet
    reason = models.TextField(blank=True)  # in words; only of lines from before there was a code
    candidates = models.JSONField(default=list)  # whom it may be about: number and name
    cells = models.TextField()  # JSON in ASCII: it may hold what no database keeps as text

    class Meta:
        indexes = (models.Index(fields=("run", "number"), name="refused_in_order"),)

    def __str__(self):
        return f"line {self.number}: {self.code or self.reason}"
