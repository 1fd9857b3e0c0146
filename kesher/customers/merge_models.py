"""Customers who were found to be one, what was moved for it, and pairs that are not the same."""

from django.db import models
from django.db.models.functions import Now


class Merger(models.Model):
    """Some customers were found to be one: who goes on, and who said so."""

    survivor = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="mergers"
    )
    first_survivor = models.BigIntegerField()  # before he was himself merged into another one
    numbers = models.JSONField(default=list)  # of those who were merged into him
    batch = models.CharField(max_length=40)  # of what changed about him
    merged_by = models.CharField(max_length=160)
    merged_by_id = models.BigIntegerField(null=True)
    merged_at = models.DateTimeField(db_default=Now())
    highest = models.JSONField(default=dict)  # table -> its last row then: what is above came later
    parted_by = models.CharField(max_length=160, blank=True)
    parted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("survivor", "-merged_at"), name="mergers_in_order"),)

    def __str__(self):
        return f"{self.pk} into {self.survivor_id}"


class Tombstone(models.Model):
    """A customer who was another one. His number leads there for ever; his row comes back."""

    number = models.BigIntegerField(primary_key=True)
    merger = models.ForeignKey(Merger, on_delete=models.CASCADE, related_name="gone")
    name = models.CharField(max_length=200)
    reference = models.CharField(max_length=60, null=True, db_index=True)
    held = models.JSONField()

    def __str__(self):
        return f"{self.number} {self.name}"


class MergedRow(models.Model):
    """One row that a merger moved, or dropped because the survivor has the same."""

    merger = models.ForeignKey(Merger, on_delete=models.CASCADE, related_name="rows")
    table = models.CharField(max_length=60)
    row = models.BigIntegerField()
    column = models.CharField(max_length=40)
    was = models.BigIntegerField()  # the customer it belonged to
    before = models.JSONField(null=True)  # of a dropped row: all that it held
    twin = models.BigIntegerField(null=True)  # of a dropped row: the one that says the same

    class Meta:
        indexes = (models.Index(fields=("table", "row"), name="merged_row_of_table"),)

    def __str__(self):
        return f"{self.table} {self.row}"


class Apart(models.Model):
    """Two customers are not the same, whatever they share. Each pair stands here both ways."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="apart"
    )
    other = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    said_by = models.CharField(max_length=160)
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=("customer", "other"), name="apart_once"),)

    def __str__(self):
        return f"{self.customer_id} is not {self.other_id}"
