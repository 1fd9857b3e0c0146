from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kesher.core.models import StoredFile
from kesher.core.text import in_language


class Language(models.TextChoices):
    EN = "en", "English"
    HE = "he", "עברית"
    EL = "el", "Ελληνικά"


class Business(models.Model):
    """The business that works here: one row."""

    name = models.CharField(_("name"), max_length=120)
    trade = models.CharField(_("trade"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, default="IL")
    currency = models.CharField(_("currency"), max_length=3, default="ILS")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Jerusalem")
    week_start = models.PositiveSmallIntegerField(_("week starts on"), default=6)
    weekend = models.JSONField(_("weekend"), default=list)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.EN)
    brand_colour = models.CharField(_("colour"), max_length=7, blank=True)
    logo = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    def __str__(self):
        return self.name


class Branch(models.Model):
    """A place where customers are served."""

    name = models.CharField(_("name"), max_length=80)
    city = models.CharField(_("city"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    def __str__(self):
        return self.name


class Team(models.Model):
    """People who share their work."""

    name = models.CharField(_("name"), max_length=80)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    def __str__(self):
        return self.name


class Labelled(models.Model):
    """A thing that the business names in its own languages."""

    labels = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def __str__(self):
        return in_language(self.labels, get_language() or "en")


class Classification(Labelled):
    """How closely something is kept: open, contact, financial, health, confidential, or own."""

    key = models.SlugField(max_length=40, unique=True)
    rank = models.PositiveSmallIntegerField(default=0)
    is_watched = models.BooleanField(default=False)  # each reading of what carries it is kept

    class Meta:
        ordering = ("rank", "key")


class Role(Labelled):
    """What a member of staff does here, and so what may be seen and done."""

    key = models.SlugField(max_length=40, unique=True)
    is_owner = models.BooleanField(default=False)
    home = models.CharField(max_length=20, default="today")
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("id",)


class Grant(models.Model):
    """A role may do an action to a kind of record, within a scope."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    kind = models.CharField(max_length=60)
    action = models.CharField(max_length=20)
    scope = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("role", "kind", "action"), name="one_grant_an_action"),
        )

    def __str__(self):
        return f"{self.role_id} {self.action} {self.kind} {self.scope}"


class Clearance(models.Model):
    """A role may read what carries a classification."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="clearances")
    classification = models.ForeignKey(Classification, on_delete=models.CASCADE)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("role", "classification"), name="cleared_once"),
        )

    def __str__(self):
        return f"{self.role_id} {self.classification_id}"


class AccessRecord(models.Model):
    """Somebody was shown something of a watched classification. Nothing changes it afterwards."""

    class Surface(models.TextChoices):
        PAGE = "page", _("On a page")
        LIST = "list", _("In a list")
        FILE = "file", _("In a file")

    kind = models.CharField(max_length=60)  # what it is about, mostly a customer
    record_id = models.BigIntegerField(null=True)  # nothing where it is about many
    what = models.CharField(max_length=60)  # the table that was read
    classification = models.CharField(max_length=40)
    rows = models.PositiveIntegerField(default=1)
    surface = models.CharField(max_length=4, choices=Surface, default=Surface.PAGE)
    member_id = models.BigIntegerField()  # no key: it stays when he is gone
    member_name = models.CharField(max_length=120)
    viewed_as = models.CharField(max_length=120, blank=True)  # with whose eyes he looked
    read_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("kind", "record_id", "-id"), name="access_to_record"),
            models.Index(fields=("member_id", "read_at"), name="access_of_member"),
        )

    def __str__(self):
        return f"{self.member_id} read {self.classification} of {self.kind} {self.record_id}"


class MemberManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)


class Member(AbstractBaseUser):
    """One of us: a person on the staff, who signs in by e-mail."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="members")
    branches = models.ManyToManyField(Branch, through="MemberBranch", related_name="members")
    teams = models.ManyToManyField(Team, through="MemberTeam", related_name="members")
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.EN)
    has_letter_keys = models.BooleanField(_("single-letter shortcuts"), default=True)
    is_active = models.BooleanField(default=True)
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    # Filled where he is read with his belongings.
    branches_held: frozenset[int]
    teams_held: frozenset[int]

    objects = MemberManager()
    USERNAME_FIELD = "email"

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="one_member_an_address"),)

    def __str__(self):
        return self.name


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in, or about to be."""

    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="sessions")
    device = models.CharField(max_length=200, blank=True)  # as its browser names itself
    address = models.CharField(max_length=45, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField()

    @classmethod
    def get_session_store_class(cls):
        from kesher.organization.session_store import SessionStore  # noqa: PLC0415 - its table

        return SessionStore


class MemberBranch(models.Model):
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "branch"), name="member_in_branch_once"),
        )

    def __str__(self):
        return f"{self.member_id} in {self.branch_id}"


class MemberTeam(models.Model):
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    team = models.ForeignKey(Team, on_delete=models.CASCADE)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "team"), name="member_in_team_once"),
        )

    def __str__(self):
        return f"{self.member_id} in {self.team_id}"


class Resource(models.Model):
    """A room or a device that is booked."""

    class Kind(models.TextChoices):
        ROOM = "room", _("Room")
        DEVICE = "device", _("Device")

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ROOM)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    retired_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    def __str__(self):
        return self.name


class Shift(models.Model):
    """Hours that a member works each week on one day, in local time."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="shifts")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    weekday = models.PositiveSmallIntegerField(_("day"))  # Monday is 0
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="shift_ends_later"
            ),
        )

    def __str__(self):
        return f"{self.member_id} {self.weekday} {self.starts}-{self.ends}"


class Absence(models.Model):
    """Days away, with the deputy who stands in."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Holiday leave")
        ILLNESS = "illness", _("Illness")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Other")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="absences")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.HOLIDAY)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    deputy = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="deputising"
    )
    note = models.CharField(_("handover note"), max_length=500, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="absence_ends_later"
            ),
        )

    def __str__(self):
        return f"{self.member_id} {self.starts_on}-{self.ends_on}"


class Holiday(models.Model):
    """A day on which the business, or one branch, is closed."""

    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.CASCADE)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ("day",)

    def __str__(self):
        return f"{self.day} {self.name}"


class Invitation(models.Model):
    """A link by which somebody becomes a member; only its digest is kept."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120)
    role = models.ForeignKey(Role, on_delete=models.CASCADE)
    branches = models.JSONField(default=list)
    language = models.CharField(max_length=5, choices=Language, default=Language.EN)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.email


class SavedView(models.Model):
    """Filters, sorting and columns of a list under a name: private, of a team, or of all."""

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    owner = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="saved_views")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE)
    is_shared = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("id",)

    def __str__(self):
        return self.name


class RecentRecord(models.Model):
    """What a member opened last, for "recent" in the rail and the palette."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("member", "kind", "record_id"), name="one_recent_a_record"
            ),
        )

    def __str__(self):
        return f"{self.member_id} {self.kind} {self.record_id}"
