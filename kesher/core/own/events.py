from dataclasses import dataclass

from kesher.core.events import Event


@dataclass(frozen=True, kw_only=True)
class OwnFieldChanged(Event):
    """A field of the business's own was made, or is another one than it was."""

    own_field_id: int
