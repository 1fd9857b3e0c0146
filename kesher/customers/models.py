from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kesher.core.monthday import MonthDay
from kesher.core.own.models import OwnValue, found_by
from kesher.core.own.relation import add_slots
from kesher.customers.match_models import (  # noqa: F401 - found by Django
    Alike,
    MatchDue,
    MatchKey,
    NameCount,
)
from kesher.customers.merge_models import (  # noqa: F401 - found by Django
    Apart,
    MergedRow,
    Merger,
    Tombstone,
)
from kesher.organization.models import Branch, Classification, Language, Member, Team


class Channel(models.TextChoices):
    """A way to reach a customer."""

    PHONE = "phone", _("Telephone")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat")
    LETTER = "letter", _("Letter")
    FAX = "fax", _("Fax")
    VISIT = "visit", _("In person")


class Source(models.Model):
    """Where customers come from."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)

    def __str__(self):
        return self.name


class Tag(models.Model):
    """A word that the business puts on customers."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)

    def __str__(self):
        return self.name


class Customer(models.Model):
    """A person, an organisation or a household that we serve or hope to serve."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")
        HOUSEHOLD = "household", _("Household")

    class Stage(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        NEW = "new", pgettext_lazy("life stage", "New")
        GROWING = "growing", _("Growing")
        STEADY = "steady", _("Steady")
        AT_RISK = "at_risk", _("At risk")
        LEFT = "left", pgettext_lazy("life stage", "Left")
        WON_BACK = "won_back", _("Won back")

    class Gender(models.TextChoices):
        FEMALE = "f", _("Female")
        MALE = "m", _("Male")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    name = models.CharField(_("name"), max_length=200)  # shown; of a person the two above
    sort_name = models.CharField(max_length=200)  # folded, family name first
    reference = models.CharField(_("customer number"), max_length=60, null=True, unique=True)
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, blank=True)
    birth_on = models.DateField(_("birthday"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, blank=True)
    # first of their kind, kept here by the commands so that lists read one table
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    preferred_channel = models.CharField(
        _("preferred channel"), max_length=10, choices=Channel, blank=True
    )
    preferred_member = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="preferred_by"
    )
    preferred_days = models.JSONField(_("preferred days"), default=list, blank=True)
    preferred_from = models.TimeField(_("not before"), null=True, blank=True)
    preferred_until = models.TimeField(_("not after"), null=True, blank=True)
    owner = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers",
        db_index=False,  # the indexes below begin with it
    )  # fmt: skip
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers"
    )
    branches = models.ManyToManyField(Branch, through="CustomerBranch", related_name="customers")
    tags = models.ManyToManyField(Tag, through="CustomerTag", related_name="customers")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.SET_NULL)
    stage = models.CharField(_("life stage"), max_length=10, choices=Stage, default=Stage.PROSPECT)
    since_on = models.DateField(_("customer since"), null=True, blank=True)
    about = models.TextField(_("good to know"), blank=True)
    own = models.JSONField(default=dict, blank=True)  # fields of the business's own, by key
    archived_at = models.DateTimeField(null=True, blank=True)
    binned_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = (
            models.Index(fields=("sort_name", "id"), name="customer_by_name"),
            models.Index(fields=("owner", "sort_name"), name="customer_by_owner"),
            models.Index(
                fields=("owner", "stage", "archived_at", "binned_at"), name="customer_by_care"
            ),
            models.Index(fields=("stage", "sort_name"), name="customer_by_stage"),
            models.Index(fields=("city", "sort_name"), name="customer_by_city"),
            models.Index(fields=("since_on", "id"), name="customer_by_since"),
            models.Index(fields=("created_at", "id"), name="customer_by_created"),
            models.Index(
                MonthDay("birth_on"),
                name="customer_by_birthday",
                condition=models.Q(birth_on__isnull=False),
            ),
            models.Index(
                fields=("binned_at",),
                name="customer_binned",
                condition=models.Q(binned_at__isnull=False),
            ),
        )

    def __str__(self):
        return self.name


class CustomerOwnValue(OwnValue):
    """What a field of the business's own holds of one customer, as lists find it."""

    RECORD = "customer"

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="own_values",
        db_index=False,  # the indexes below begin or end with it
    )  # fmt: skip

    class Meta:
        indexes = found_by("customer", "customer_own")

    def __str__(self):
        return f"{self.customer_id} {self.slot}"


add_slots(Customer, CustomerOwnValue)


class CustomerBranch(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("customer", "branch"), name="customer_branch_once"),
        )
        indexes = (models.Index(fields=("branch", "customer"), name="customers_of_branch"),)

    def __str__(self):
        return f"{self.customer_id} in {self.branch_id}"


class CustomerTag(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("customer", "tag"), name="customer_tag_once"),
        )
        indexes = (models.Index(fields=("tag", "customer"), name="customers_of_tag"),)

    def __str__(self):
        return f"{self.customer_id} {self.tag_id}"


class ContactPoint(models.Model):
    """A telephone, e-mail, address, messenger or fax: one row, however many share it."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Telephone")
        EMAIL = "email", _("E-mail")
        ADDRESS = "address", _("Address")
        MESSENGER = "messenger", _("Messenger")
        FAX = "fax", _("Fax")

    kind = models.CharField(max_length=10, choices=Kind)
    normal = models.CharField(max_length=254)  # what is compared
    raw = models.CharField(max_length=300)  # what was typed first
    extension = models.CharField(max_length=10, blank=True)
    street = models.CharField(_("street"), max_length=160, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "normal"), name="one_contact_point"),
        )

    def __str__(self):
        return self.raw


class CustomerContact(models.Model):
    """A contact point as one customer uses it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="uses")
    label = models.CharField(_("label"), max_length=60, blank=True)
    raw = models.CharField(max_length=300)  # as typed for this customer
    rank = models.PositiveSmallIntegerField(default=0)  # the first of its kind comes first
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("rank", "id")
        constraints = (models.UniqueConstraint(fields=("customer", "point"), name="contact_once"),)

    def __str__(self):
        return f"{self.customer_id} {self.point_id}"


class Tie(models.Model):
    """What two customers are to each other, since when and until when."""

    class Role(models.TextChoices):
        """Read from the first to the second: the first is the … of the second."""

        EMPLOYEE = "employee", _("Employee")
        PARENT = "parent", _("Parent")
        SPOUSE = "spouse", _("Spouse")
        SIBLING = "sibling", _("Sibling")
        MEMBER = "member", _("Household member")
        PAYER = "payer", _("Payer")
        REFERRER = "referrer", _("Referrer")
        CONTACT = "contact", _("Contact person")
        OTHER = "other", _("Other")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="ties")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="ties_back")
    role = models.CharField(_("tie"), max_length=10, choices=Role)
    title = models.CharField(_("title"), max_length=80, blank=True)
    starts_on = models.DateField(_("since"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(customer=models.F("other")), name="tie_joins_two"
            ),
            models.UniqueConstraint(
                fields=("customer", "other", "role"),
                condition=models.Q(ends_on__isnull=True),
                name="one_open_tie",
            ),
        )

    def __str__(self):
        return f"{self.customer_id} {self.role} {self.other_id}"


class Wish(models.Model):
    """Something a customer needs or wishes, noted on a day, so that it can be found later."""

    class Kind(models.TextChoices):
        NEED = "need", _("Need")
        WISH = "wish", _("Wish")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="wishes")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind, default=Kind.WISH)
    text = models.CharField(_("text"), max_length=300)
    folded = models.CharField(max_length=300)
    noted_on = models.DateField()
    noted_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    wanted_on = models.DateField(_("wanted by"), null=True, blank=True)
    met_on = models.DateField(null=True, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("-noted_on", "-id")

    def __str__(self):
        return self.text


class EmergencyAccess(models.Model):
    """For an hour a member reads what he is not cleared for, of one customer and with a reason."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="emergencies")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="emergencies")
    classification = models.ForeignKey(Classification, on_delete=models.CASCADE)
    reason = models.CharField(_("reason"), max_length=500)
    taken_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("member", "customer", "ends_at"), name="emergency_now"),)

    def __str__(self):
        return f"{self.member_id} for {self.customer_id} until {self.ends_at}"
