"""Sources that live on, what came from them, and where they and people contradict each other."""

from django.db import models
from django.db.models.functions import Now

from kesher.core.importing.models import ImportRun


class Feed(models.Model):
    """A source that lives on: where it is, how often it is asked, and how far it has been read."""

    class Way(models.TextChoices):
        FOLDER = "folder"
        ADDRESS = "address"
        MAILBOX = "mailbox"
        DATABASE = "database"

    class State(models.TextChoices):
        ON = "on"
        PAUSED = "paused"
        STOPPED = "stopped"  # whoever connected it works here no more

    class Rhythm(models.TextChoices):
        HOUR = "hour"
        DAY = "day"

    name = models.CharField(max_length=80, unique=True)
    way = models.CharField(max_length=8, choices=Way)
    place = models.JSONField(default=dict)  # what may be shown of where it is
    sealed = models.TextField(blank=True)  # what may not: a password, an address with a key in it
    wins = models.JSONField(default=dict)  # field -> who wins; what is not named: Kesher
    match = models.JSONField(null=True)  # what tells records, if said here; else as its last import
    rhythm = models.CharField(max_length=4, choices=Rhythm, default=Rhythm.DAY)
    silent_after = models.PositiveSmallIntegerField(default=0)  # days; 0: it may be silent
    actor = models.CharField(max_length=160)
    actor_id = models.BigIntegerField(null=True)
    language = models.CharField(max_length=5, default="en")
    state = models.CharField(max_length=7, choices=State, default=State.ON)
    seen = models.JSONField(default=dict)  # how far it was read
    due_at = models.DateTimeField(db_default=Now())
    busy_until = models.DateTimeField(null=True)  # somebody is at it; moved on while he lives
    made_at = models.DateTimeField(db_default=Now())
    fetched_at = models.DateTimeField(null=True)
    spoke_at = models.DateTimeField(null=True)  # when something last came
    changed_at = models.DateTimeField(null=True)  # when that last changed something here
    failures = models.PositiveIntegerField(default=0)  # in a row
    error = models.TextField(blank=True)
    told_at = models.DateTimeField(null=True)  # its maker knows that it is in trouble

    class Meta:
        indexes = (models.Index(fields=("state", "due_at"), name="feed_due"),)

    def __str__(self):
        return self.name


class Arrival(models.Model):
    """One file that came from a source: taken once, however often it is met."""

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        SAME = "same"  # it said nothing new
        REFUSED = "refused"

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="arrivals")
    key = models.CharField(max_length=64)  # tells it from all others of its source
    name = models.CharField(max_length=160)
    path = models.TextField(blank=True)  # until the import owns the file
    digest = models.CharField(max_length=64)
    run = models.OneToOneField(
        ImportRun, null=True, on_delete=models.SET_NULL, related_name="arrival"
    )
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    error = models.TextField(blank=True)
    came_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("feed", "key"), name="arrives_once"),)

    def __str__(self):
        return self.name


class Conflict(models.Model):
    """A field of which a source says one thing and somebody here another."""

    class State(models.TextChoices):
        OPEN = "open"
        KEPT = "kept"  # ours stays, until the source says something else

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="conflicts")
    kind = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    field = models.CharField(max_length=60)
    here = models.JSONField(null=True)
    there = models.JSONField(null=True)
    changed_by = models.CharField(max_length=160)
    changed_at = models.DateTimeField(null=True)
    batch = models.CharField(max_length=40)  # of the import that brought what it says there
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    answered_by = models.CharField(max_length=160, blank=True)
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("feed", "kind", "record_id", "field"), name="one_conflict_a_field"
            ),
        )
        indexes = (models.Index(fields=("kind", "record_id"), name="conflict_of_record"),)

    def __str__(self):
        return f"{self.kind} {self.record_id} {self.field}"
