"""What a line of a file says of a customer, brought into the form in which it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.importing.refusals import CellTooLong, UnknownWord, shown
from kesher.core.text import fold
from kesher.customers import typed
from kesher.customers.import_further import further_wanted
from kesher.customers.import_matching import Wanted
from kesher.customers.import_own import own_said
from kesher.customers.models import Customer
from kesher.customers.points import Address, Reading, read_address
from kesher.organization.models import Branch, Member

SIMPLE = (
    "reference", "gender", "birth_on", "language", "preferred_channel", "stage", "since_on",
    "city",
)  # fmt: skip


class MemberUnknown(UnknownWord):
    message = _("Nobody of the staff is called “%(name)s” or signs in with that address.")


class BranchUnknown(UnknownWord):
    field = "branches"
    message = _("There is no branch “%(name)s”.")


class Members:
    """The staff who work here now, under the names and addresses that files use."""

    def __init__(self, by: Actor, field: str):
        self.by, self.field = by, field  # the column that names them

    @cached_property
    def _known(self) -> dict[str, Member]:
        rows = visible(self.by, Member).filter(is_active=True)
        return {key: row for row in rows for key in (fold(row.name), fold(row.email))}

    def known_as(self, name: str) -> Member:
        """The member of this name or address; refuses where there is none."""
        found = self._known.get(fold(name))
        if found is None:
            refusal = MemberUnknown(word=name, name=shown(name))
            refusal.field = self.field
            raise refusal
        return found


class Ours:
    """What the business has under the names that files use: members and branches."""

    def __init__(self, by: Actor):
        self.by = by
        self.members = Members(by, "owner")
        self._branches: dict[str, Branch] | None = None

    def wanted(self, said: Mapping[str, Any]) -> Wanted:
        """What a line says, in the form in which it is kept."""
        kind = said.get("kind") or kind_by(said)
        names = _names(kind, said)
        title = names.pop("title")
        values = names | {name: said[name] for name in SIMPLE if said.get(name)}
        values |= own_said(self.by, said)
        if notes := said.get("about"):
            values["about"] = _whole_note(notes)
        if "kind" in said or kind != Customer.Kind.PERSON:
            values["kind"] = kind
        if said.get("owner"):
            values["owner_id"] = self.members.known_as(said["owner"]).pk
        first, last = values.get("first_name", ""), values.get("last_name", "")
        return Wanted(
            title=title,
            sort_name=typed.sort_name(first, last, title),
            values=values,
            points=_points(said),
            tags=list(dict.fromkeys(said.get("tags", ()))),
            branches=[self.branch(name) for name in said.get("branches", ())],
            source=said.get("source", ""),
            company=said.get("company", "") if kind == Customer.Kind.PERSON else "",
            archived=said.get("archived"),
            household=said.get("household", "") if kind != Customer.Kind.HOUSEHOLD else "",
            more=further_wanted(said),
        )

    def branch(self, name: str) -> Branch:
        if self._branches is None:
            self._branches = {fold(row.name): row for row in visible(self.by, Branch)}
        found = self._branches.get(fold(name))
        if found is None:
            raise BranchUnknown(word=name, name=shown(name))
        return found


def _whole_note(notes: Sequence[str]) -> str:
    """The notes of several columns as one, each once; as long as what is good to know may be."""
    whole = "\n".join(dict.fromkeys(notes))
    if len(whole) > typed.LONGEST_ABOUT:
        raise CellTooLong(column=_("Good to know"), length=len(whole), most=typed.LONGEST_ABOUT)
    return whole


def kind_by(said: Mapping[str, Any]) -> str:
    """A line with a company and no person is about the company."""
    is_person = any(said.get(name) for name in ("first_name", "last_name", "name"))
    return Customer.Kind.ORGANISATION if said.get("company") and not is_person else "person"


def _names(kind: str, said: Mapping[str, Any]) -> dict[str, str]:
    """The names that a line says, and the one that is shown; a number alone serves as a name."""
    first = " ".join(filter(None, (said.get("first_name"), said.get("middle_name"))))
    last = said.get("last_name", "")
    whole = said.get("name", "")
    if kind != Customer.Kind.PERSON:
        whole = whole or said.get("company", "") or f"{first} {last}".strip()
        first = last = ""
    is_said = bool(first or last or whole)
    first, last, title = typed.named(kind, first, last, whole or said.get("reference", ""))
    if not is_said:
        return {"title": title}
    if kind != Customer.Kind.PERSON:
        return {"title": title, "name": title}
    pairs = (("first_name", first), ("last_name", last))
    return {"title": title, **{name: text for name, text in pairs if text}}


def _points(said: Mapping[str, Any]) -> list[Reading]:
    found = [p for name in ("phone", "email", "fax", "messenger") for p in said.get(name, ())]
    street = " ".join(filter(None, (said.get("street"), said.get("house"))))
    city = said.get("city", "")
    lines = said.get("address", ())
    raw, *further = [*(one for one in lines if isinstance(one, str)), ""]
    if street and raw:
        raw, further = "", [raw, *further]
    if raw and city and fold(city) not in fold(raw):
        raw = f"{raw}, {city}"
    if street or raw or said.get("postcode"):
        found.append(
            read_address(
                Address(
                    street=street, city=city, postcode=said.get("postcode", ""),
                    country=said.get("country", ""), raw=raw,
                )
            )
        )  # fmt: skip
    found += [read_address(Address(raw=text)) for text in filter(None, further)]
    found += [read_address(one) for one in lines if isinstance(one, Address)]
    return list({point.key: point for point in found}.values())
