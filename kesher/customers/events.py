from dataclasses import dataclass

from kesher.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CustomerAdded(Event):
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(Event):
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerBinned(Event):
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerRestored(Event):
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class CustomersImported(Event):
    first_change_id: int


@dataclass(frozen=True, kw_only=True)
class CustomersChanged(Event):
    """Many at once; the changes of this one's batch say which."""

    first_change_id: int


@dataclass(frozen=True, kw_only=True)
class EmergencyAccessTaken(Event):
    access_id: int


@dataclass(frozen=True, kw_only=True)
class EmergencyAccessEnded(Event):
    access_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerMerged(Event):
    """He was found to be another one."""

    customer_id: int
    survivor_id: int


@dataclass(frozen=True, kw_only=True)
class CustomersParted(Event):
    """Some who had been taken for one are again who they were."""

    merger_id: int
