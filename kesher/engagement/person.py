"""What becomes of touches, tasks, files and messages of a customer who is merged or erased."""

from django.utils.translation import ngettext_lazy

from kesher.core.person import Erase, Merge, answer
from kesher.customers.models import Customer
from kesher.engagement import models
from kesher.engagement.pulse import refresh

answer(
    Customer, model=models.Touch, via="customer", merge=Merge.MOVE, erase=Erase.BLANK,
    blanked=("subject", "text", "folded", "outcome"), timeline="touch",
    exported=("channel", "direction", "happened_at", "subject", "text", "outcome"),
    counted=ngettext_lazy("%(count)s touch", "%(count)s touches", "count"),
)  # fmt: skip
answer(
    Customer, model=models.Task, via="customer", merge=Merge.MOVE, erase=Erase.BLANK,
    blanked=("title", "note", "next_title"), timeline="task",
    exported=("kind", "title", "due_on", "state", "done_at"),
    counted=ngettext_lazy("%(count)s task", "%(count)s tasks", "count"),
)  # fmt: skip
answer(
    Customer, model=models.CustomerPulse, via="customer", merge=Merge.KEEP_ONE,
    erase=Erase.DELETE, renew=refresh,
)  # fmt: skip
answer(
    Customer, model=models.Attachment, via="customer", merge=Merge.MOVE, erase=Erase.DELETE,
    exported=("name", "added_at"), timeline="file",
    counted=ngettext_lazy("%(count)s file", "%(count)s files", "count"),
)  # fmt: skip
answer(
    Customer, model=models.Consent, via="customer", merge=Merge.MOVE, erase=Erase.KEEP,
    why="Proof that we were allowed to write; without the customer's name it says nothing of him.",
    exported=("purpose", "channel", "is_given", "happened_at", "proof"),
)  # fmt: skip
answer(
    Customer, model=models.Message, via="customer", merge=Merge.MOVE, erase=Erase.BLANK,
    blanked=("address", "subject", "text", "html"), timeline="message",
    exported=("channel", "address", "subject", "text", "sent_at"),
    counted=ngettext_lazy("%(count)s message", "%(count)s messages", "count"),
)  # fmt: skip
answer(
    Customer, model=models.Draft, via="customer", merge=Merge.COMBINE, erase=Erase.DELETE,
    alike=lambda row: (row.member_id, row.channel),
)  # fmt: skip
answer(Customer, model=models.Presence, via="customer", merge=Merge.DROP, erase=Erase.DELETE)
