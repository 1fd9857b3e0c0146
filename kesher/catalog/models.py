from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    """Something that is sold, and what it costs today."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    folded = models.CharField(max_length=200, blank=True)  # the name as it is sorted and compared
    code = models.CharField(_("code"), max_length=60, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    description = models.TextField(_("description"), blank=True)
    # the price of today, kept here by the commands so that lists read one table
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("code",), condition=~models.Q(code=""), name="one_product_a_code"
            ),
        )
        indexes = (
            models.Index(fields=("folded", "id"), name="product_by_name"),
            models.Index(fields=("price", "id"), name="product_by_price"),
        )

    def __str__(self):
        return self.name


class Price(models.Model):
    """What a product costs from a day on, until the next price begins."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateField(_("valid from"))

    class Meta:
        ordering = ("-valid_from",)
        constraints = (
            models.UniqueConstraint(fields=("product", "valid_from"), name="one_price_a_day"),
        )

    def __str__(self):
        return f"{self.product_id} {self.valid_from} {self.amount} {self.currency}"
