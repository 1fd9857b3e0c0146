from django.db import models


class DoneOnce(models.Model):
    """A form that was sent: who sent it, under which key, and the number of what came of it."""

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=64)
    content = models.CharField(max_length=64)  # digest of what the form held
    answer = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "core"
        constraints = (models.UniqueConstraint(fields=("actor_id", "key"), name="done_once"),)

    def __str__(self):
        return self.key
