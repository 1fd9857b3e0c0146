from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kesher.core.models import StoredFile
from kesher.customers.models import Customer
from kesher.engagement.permission_models import Consent, DoNotContact  # noqa: F401 - found by Django
from kesher.organization.models import Branch, Language, Member, Team


class Touch(models.Model):
    """One contact with a customer, whatever the channel, or an internal note about him."""

    class Channel(models.TextChoices):
        NOTE = "note", _("Note")
        CALL = "call", pgettext_lazy("telephone", "Call")
        VISIT = "visit", _("Visit")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")
        WHATSAPP = "whatsapp", _("WhatsApp")
        CHAT = "chat", _("Chat")
        LETTER = "letter", _("Letter")
        FAX = "fax", _("Fax")
        FORM = "form", _("Form")

    class Direction(models.TextChoices):
        IN = "in", _("Incoming")
        OUT = "out", _("Outgoing")
        INTERNAL = "internal", _("Internal")

    class Severity(models.IntegerChoices):
        LOW = 1, pgettext_lazy("severity", "Low")
        MEDIUM = 2, pgettext_lazy("severity", "Medium")
        HIGH = 3, pgettext_lazy("severity", "High")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="touches")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    direction = models.CharField(
        _("direction"), max_length=8, choices=Direction, default=Direction.INTERNAL
    )
    happened_at = models.DateTimeField(_("when"))
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="touches")
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.SET_NULL)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    folded = models.TextField(blank=True)  # subject and text as they are searched
    outcome = models.CharField(_("outcome"), max_length=60, blank=True)
    minutes_length = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    classification = models.CharField(max_length=40, default="open")
    pinned_at = models.DateTimeField(null=True, blank=True)  # an agreement, kept in the header
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity, null=True, blank=True
    )  # set: it is a complaint
    settled_at = models.DateTimeField(null=True, blank=True)  # the complaint is closed
    binned_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=80, blank=True)  # of its line in the file it came from
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key",), condition=~models.Q(key=""), name="touch_line_once"
            ),
        )
        indexes = (
            models.Index(fields=("customer", "-happened_at", "-id"), name="touches_in_order"),
            models.Index(fields=("-happened_at", "-id"), name="touches_latest"),
            models.Index(
                fields=("customer", "-pinned_at"),
                name="agreements",
                condition=models.Q(pinned_at__isnull=False),
            ),
            models.Index(
                fields=("customer",),
                name="open_complaints",
                condition=models.Q(severity__isnull=False, settled_at__isnull=True),
            ),
        )

    def __str__(self):
        return self.subject or self.text[:60]


class Task(models.Model):
    """Something somebody promised to do, by a day, for a customer or for us."""

    class Kind(models.TextChoices):
        TODO = "todo", _("To do")
        CALL = "call", pgettext_lazy("telephone", "Call")
        VISIT = "visit", _("Visit")
        MESSAGE = "message", _("Message")

    class Repeat(models.TextChoices):
        NONE = "", _("Once")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")
        YEARLY = "yearly", _("Every year")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TODO)
    title = models.CharField(_("task"), max_length=200)
    note = models.TextField(_("note"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_time = models.TimeField(_("at"), null=True, blank=True)
    owner = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.SET_NULL)
    repeat = models.CharField(_("repeat"), max_length=8, choices=Repeat, blank=True)
    # the day of the month it keeps to: a task of the 31st is not moved to the 28th for ever
    repeat_day = models.PositiveSmallIntegerField(null=True, blank=True)
    next_title = models.CharField(_("then"), max_length=200, blank=True)
    next_days = models.PositiveSmallIntegerField(_("days later"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    follows = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by"
    )
    created_by = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    key = models.CharField(max_length=80, blank=True)  # of its line in the file it came from
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key",), condition=~models.Q(key=""), name="task_line_once"
            ),
        )
        indexes = (
            models.Index(fields=("state", "due_on", "id"), name="tasks_due"),
            models.Index(fields=("owner", "state", "due_on"), name="tasks_of_owner"),
            models.Index(fields=("customer", "state", "due_on"), name="tasks_of_customer"),
        )

    def __str__(self):
        return self.title


class CustomerPulse(models.Model):
    """What was last and what is next with a customer: kept by the commands, read by lists.

    Everybody who sees the customer reads it, so it tells of open touches and complaints only.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="pulse"
    )
    last_touch_at = models.DateTimeField(_("last touch"), null=True)
    last_channel = models.CharField(max_length=10, blank=True)
    next_due_on = models.DateField(_("next step due"), null=True)
    next_task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    open_tasks = models.PositiveIntegerField(default=0)
    open_complaints = models.PositiveIntegerField(default=0)
    # when somebody said that no next step is wanted; empty again once something happens
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        indexes = (
            models.Index(fields=("last_touch_at", "customer"), name="pulse_last"),
            models.Index(fields=("next_due_on", "customer"), name="pulse_next"),
            models.Index(
                fields=("customer",),
                name="pulse_complaints",
                condition=models.Q(open_complaints__gt=0),
            ),
        )

    def __str__(self):
        return f"{self.customer_id}"


class Attachment(models.Model):
    """A file that belongs to a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="attachments")
    touch = models.ForeignKey(
        Touch, null=True, blank=True, on_delete=models.SET_NULL, related_name="attachments"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    name = models.CharField(_("name"), max_length=200)
    classification = models.CharField(max_length=40, default="open")
    added_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    added_at = models.DateTimeField()
    binned_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = (models.Index(fields=("customer", "-added_at"), name="attachments_in_order"),)

    def __str__(self):
        return self.name


class Message(models.Model):
    """One message on its way out. It is written once, sent once, and its fate is known."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")
        REFUSED = "refused", _("Not sent")

    key = models.CharField(max_length=120, unique=True)  # the same key is never sent twice
    purpose = models.CharField(max_length=10, default="service")
    channel = models.CharField(max_length=10, default="email")
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=5, choices=Language)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )
    member = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # to one of us
    about_kind = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # why the gate let it pass, or not
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            models.Index(
                fields=("not_before", "id"),
                name="messages_due",
                condition=models.Q(state__in=("waiting", "sending")),
            ),
        )

    def __str__(self):
        return f"{self.template} {self.pk}"


class MessageText(models.Model):
    """A message in one language, in the words of the business instead of ours."""

    template = models.CharField(max_length=60)
    language = models.CharField(max_length=5, choices=Language)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    button = models.CharField(max_length=60, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("template", "language"), name="worded_once"),
        )

    def __str__(self):
        return f"{self.template} {self.language}"


class Notification(models.Model):
    """Something a member should notice: a mention, a task handed over, a job that ended."""

    class Kind(models.TextChoices):
        MENTION = "mention", _("Mention")
        TASK = "task", _("Task")
        JOB = "job", _("Finished work")
        ABSENCE = "absence", _("Deputy")
        MESSAGE = "message", _("Message in doubt")
        SOURCE = "source", _("Source in trouble")
        EMERGENCY = "emergency", _("Emergency access")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=10, choices=Kind)
    about_kind = models.CharField(max_length=60)
    about_id = models.BigIntegerField()
    caused_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("member", "read_at", "-created_at"), name="bell"),)
        constraints = (
            models.UniqueConstraint(
                fields=("member", "kind", "about_kind", "about_id"), name="notified_once"
            ),
        )

    def __str__(self):
        return f"{self.kind} for {self.member_id}"


class Draft(models.Model):
    """Text a member has begun and not yet saved, so that nothing typed is lost."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    channel = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("member", "customer", "channel"), name="one_draft_a_form"
            ),
        )

    def __str__(self):
        return f"{self.member_id} {self.customer_id} {self.channel}"


class Presence(models.Model):
    """A member who has a customer's page open right now, and writes in it or not."""

    LASTS = timedelta(seconds=20)  # a page says every fifteen that it is still there

    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    field = models.CharField(max_length=40, blank=True)  # where he writes; empty: he looks
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("member", "customer"), name="present_once"),)

    def __str__(self):
        return f"{self.member_id} at {self.customer_id}"
