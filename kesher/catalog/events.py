from dataclasses import dataclass

from kesher.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event):
    product_id: int


@dataclass(frozen=True, kw_only=True)
class ProductsAdded(Event):
    first_product_id: int
