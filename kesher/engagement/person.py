"""What becomes of touches, tasks, files and messages of a customer who is merged or erased."""

from kesher.core.person import Erase, Merge, answer
from kesher.customers.models import Customer
from kesher.engagement import models

answer(
    Customer, model=models.Touch, via="customer", merge=Merge.MOVE, erase=Erase.BLANK,
    blanked=("subject", "text", "folded", "outcome"), timeline="touch",
    exported=("channel", "direction", "happened_at", "subject", "text", "outcome"),
)  # fmt: skip
answer(
    Customer, model=models.Task, via="customer", merge=Merge.MOVE, erase=Erase.BLANK,
    blanked=("title", "note", "next_title"), timeline="task",
    exported=("kind", "title", "due_on", "state", "done_at"),
)  # fmt: skip
answer(
    Customer, model=models.CustomerPulse, via="customer", merge=Merge.KEEP_ONE,
    erase=Erase.DELETE,
)  # fmt: skip
answer(
    Customer, model=models.Attachment, via="customer", merge=Merge.MOVE, erase=Erase.DELETE,
    exported=("name", "added_at"), timeline="file",
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
)  # fmt: skip
answer(Customer, model=models.Draft, via="customer", merge=Merge.DROP, erase=Erase.DELETE)
answer(Customer, model=models.Presence, via="customer", merge=Merge.DROP, erase=Erase.DELETE)
