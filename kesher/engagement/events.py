from dataclasses import dataclass

from kesher.core.events import Event


@dataclass(frozen=True, kw_only=True)
class TouchRecorded(Event):
    touch_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class TouchChanged(Event):
    touch_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class TouchesImported(Event):
    first_change_id: int


@dataclass(frozen=True, kw_only=True)
class MemberMentioned(Event):
    touch_id: int
    member_id: int


@dataclass(frozen=True, kw_only=True)
class TaskPlanned(Event):
    task_id: int


@dataclass(frozen=True, kw_only=True)
class TaskChanged(Event):
    task_id: int


@dataclass(frozen=True, kw_only=True)
class TaskDone(Event):
    task_id: int


@dataclass(frozen=True, kw_only=True)
class TaskHandedOver(Event):
    task_id: int
    member_id: int


@dataclass(frozen=True, kw_only=True)
class TasksImported(Event):
    first_change_id: int


@dataclass(frozen=True, kw_only=True)
class NextStepChanged(Event):
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class FileAttached(Event):
    attachment_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class FileChanged(Event):
    attachment_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class PresenceChanged(Event):
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class WordingChanged(Event):
    text_id: int


@dataclass(frozen=True, kw_only=True)
class MemberNotified(Event):
    notification_id: int


@dataclass(frozen=True, kw_only=True)
class NotificationRead(Event):
    notification_id: int


@dataclass(frozen=True, kw_only=True)
class ConsentRecorded(Event):
    consent_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class DoNotContactChanged(Event):
    entry_id: int


@dataclass(frozen=True, kw_only=True)
class MessageQueued(Event):
    message_id: int


@dataclass(frozen=True, kw_only=True)
class MessageWithdrawn(Event):
    message_id: int


@dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    message_id: int


@dataclass(frozen=True, kw_only=True)
class MessageFailed(Event):
    """It did not leave, or nobody knows whether it did."""

    message_id: int
