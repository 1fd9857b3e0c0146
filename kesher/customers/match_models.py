"""By what customers are found to be alike, who waits to be compared, and who was found alike."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy


class MatchKey(models.Model):
    """One key of one customer, as a number. On SQLite the table is its own index."""

    pk = models.CompositePrimaryKey("key", "number")
    key = models.BigIntegerField()
    number = models.BigIntegerField(db_index=True)  # of the customer; follows him like the search

    def __str__(self):
        return f"{self.key} {self.number}"


class MatchDue(models.Model):
    """A customer who was written, and waits to be compared with the others."""

    number = models.BigIntegerField(primary_key=True)
    is_keyed = models.BooleanField(default=False)  # his keys are written, his pairs are not

    class Meta:
        indexes = (
            models.Index(
                fields=("number",), name="match_to_key", condition=models.Q(is_keyed=False)
            ),
        )

    def __str__(self):
        return str(self.number)


class NameCount(models.Model):
    """How many customers bear a given or a family name; the empty name counts all of them."""

    name = models.CharField(max_length=60, primary_key=True)
    count = models.BigIntegerField()

    def __str__(self):
        return f"{self.name} {self.count}"


class Alike(models.Model):
    """Two customers who may be one: how likely, and what speaks for it."""

    class Level(models.TextChoices):
        SAFE = "safe", pgettext_lazy("pair", "Safe")
        LIKELY = "likely", pgettext_lazy("pair", "Likely")
        POSSIBLE = "possible", pgettext_lazy("pair", "Possible")

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False
    )  # the one who came first
    other = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    level = models.CharField(max_length=8, choices=Level)
    is_strong = models.BooleanField(default=False)  # more than names speaks for it
    features = models.JSONField(default=list)
    rests_on = models.CharField(max_length=40, blank=True)  # classifications of what was compared
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("customer", "other"), name="alike_once"),
            models.CheckConstraint(
                condition=models.Q(customer__lt=models.F("other")), name="alike_in_order"
            ),
        )
        indexes = (
            models.Index(fields=("level", "is_strong", "-score", "id"), name="alike_by_score"),
        )

    def __str__(self):
        return f"{self.customer_id} {self.other_id} {self.score:.2f}"
