from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kesher.customers.models import Channel, Customer
from kesher.organization.models import Member


class DoNotContact(models.Model):
    """A telephone or e-mail that is not to be called or written to, whoever's it is."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Telephone")
        EMAIL = "email", _("E-mail")

    class Forbids(models.TextChoices):
        ALL = "all", _("Calls and messages")
        CALLS = "calls", _("Calls")
        MESSAGES = "messages", _("Messages")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    normal = models.CharField(_("telephone or e-mail"), max_length=254)  # what is compared
    raw = models.CharField(max_length=300)  # as it was typed
    forbids = models.CharField(_("forbids"), max_length=8, choices=Forbids, default=Forbids.ALL)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    origin = models.CharField(_("where from"), max_length=200, blank=True)
    since_on = models.DateField(_("since"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    added_by = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_reason = models.CharField(_("why it was lifted"), max_length=300, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "normal"),
                condition=models.Q(lifted_at__isnull=True),
                name="listed_once",
            ),
        )
        indexes = (models.Index(fields=("since_on", "id"), name="do_not_contact_by_since"),)

    def __str__(self):
        return self.raw


class Consent(models.Model):
    """A customer agreed to be written to, or took that back. Rows are added; the latest counts."""

    class Purpose(models.TextChoices):
        MARKETING = "marketing", _("Marketing")
        SERVICE = "service", _("Service")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    # empty: for all channels
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, blank=True)
    is_given = models.BooleanField()
    happened_at = models.DateTimeField(_("when"))
    proof = models.CharField(_("how it was obtained"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField(db_default=Now())
    voided_at = models.DateTimeField(null=True, blank=True)  # it was recorded by mistake
    version = models.IntegerField(default=1)

    class Meta:
        indexes = (
            models.Index(
                fields=("customer", "purpose", "-happened_at", "-id"), name="consents_in_order"
            ),
        )

    def __str__(self):
        return f"{self.customer_id} {self.purpose} {self.channel} {self.is_given}"
