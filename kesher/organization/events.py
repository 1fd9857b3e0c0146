from dataclasses import dataclass

from kesher.core.events import Event


@dataclass(frozen=True, kw_only=True)
class MemberInvited(Event):
    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    member_id: int


@dataclass(frozen=True, kw_only=True)
class MemberChanged(Event):
    member_id: int


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    member_id: int


@dataclass(frozen=True, kw_only=True)
class AccessChanged(Event):
    role_id: int


@dataclass(frozen=True, kw_only=True)
class AbsencePlanned(Event):
    absence_id: int


@dataclass(frozen=True, kw_only=True)
class MemberSignedIn(Event):
    member_id: int


@dataclass(frozen=True, kw_only=True)
class SignInAddressChanged(Event):
    """The change holds the address of before, which this does not carry."""

    member_id: int
    change_id: int


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    member_id: int


@dataclass(frozen=True, kw_only=True)
class BusinessChanged(Event):
    business_id: int


@dataclass(frozen=True, kw_only=True)
class BranchChanged(Event):
    branch_id: int


@dataclass(frozen=True, kw_only=True)
class TeamChanged(Event):
    team_id: int


@dataclass(frozen=True, kw_only=True)
class ResourceChanged(Event):
    resource_id: int


@dataclass(frozen=True, kw_only=True)
class ShiftsChanged(Event):
    member_id: int


@dataclass(frozen=True, kw_only=True)
class AbsenceCancelled(Event):
    member_id: int
