from dataclasses import dataclass

from kesher.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PurchasesRecorded(Event):
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class PurchasesImported(Event):
    first_purchase_id: int
