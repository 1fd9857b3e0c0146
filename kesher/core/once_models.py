from django.db import models


class DoneOnce(models.Model):
    """A form that was sent: who sent it, under which key, and where the answer led."""

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=64)
    where = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "core"
        constraints = (models.UniqueConstraint(fields=("actor_id", "key"), name="done_once"),)

    def __str__(self):
        return self.key
