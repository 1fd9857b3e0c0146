from django.db import models
from django.utils.translation import gettext_lazy as _

from kesher.catalog.models import Product
from kesher.customers.models import Customer

KEYED = ~models.Q(key="")  # lines that came from a file


class Purchase(models.Model):
    """One line of the ledger of what was bought."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="purchases")
    bought_on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT)
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=3, default=1)
    key = models.CharField(max_length=80, blank=True)  # of its line in the file it came from
    batch = models.CharField(max_length=40, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=("customer", "-bought_on", "-id"), name="purchases_in_order"),
            models.Index(fields=("bought_on",), name="purchases_by_day"),
        )
        constraints = (
            models.UniqueConstraint(fields=("key",), condition=KEYED, name="purchase_line_once"),
        )

    def __str__(self):
        return f"{self.customer_id} {self.bought_on} {self.amount}"


class PurchaseSummary(models.Model):
    """What a customer bought in all, in one currency: kept by the commands, read by lists."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="bought"
    )
    currency = models.CharField(max_length=3)
    count = models.PositiveIntegerField(default=0)
    total = models.DecimalField(_("bought in all"), max_digits=16, decimal_places=2, default=0)
    first_on = models.DateField(_("first purchase"), null=True)
    last_on = models.DateField(_("last purchase"), null=True)

    class Meta:
        indexes = (
            models.Index(fields=("total", "customer"), name="bought_by_total"),
            models.Index(fields=("last_on", "customer"), name="bought_by_last"),
            models.Index(fields=("count", "customer"), name="bought_by_count"),
        )

    def __str__(self):
        return f"{self.customer_id} {self.total}"
