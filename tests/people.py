"""The cast of the tests: who works in the clinic, what each may see, and whom they serve.

Two branches, Haifa and Eilat. The owner sees all; a manager and a receptionist see their branch;
the dentist is cleared for health; the agent sees only his own customers; one member has left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kesher.core.access import SYSTEM, Actor
from kesher.customers.commands.adding import NewCustomer, add_customers
from kesher.customers.models import Customer
from kesher.organization.commands.founding import found_business
from kesher.organization.commands.staff import add_member, end_membership
from kesher.organization.models import Branch, Member, Role
from kesher.organization.queries import actor_of


@dataclass
class Clinic:
    """Everybody and everything by name."""

    haifa: Branch
    eilat: Branch
    owner: Member
    members: dict[str, Member] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The member of that name as one who acts, with rights as they are now."""
        member = Member.objects.select_related("role").get(pk=self.members[name].pk)
        return actor_of(member)


CAST = {  # name: role of the clinic's preset, branches
    "manager": ("manager", ["haifa"]),
    "receptionist": ("receptionist", ["haifa"]),
    "dentist": ("dentist", ["haifa", "eilat"]),
    "eilat": ("receptionist", ["eilat"]),
    "agent": ("agent", ["haifa"]),
    "leaver": ("manager", ["haifa"]),
}


def open_clinic() -> Clinic:
    """A small clinic as its owner would set it up, through the commands."""
    owner = found_business(
        by=SYSTEM, business="Carmel Dental", trade="clinic", name="Orly Owner",
        email="owner@clinic.test", password="a long owner's password", language="en",
    )  # fmt: skip
    haifa, eilat = (Branch.objects.create(name=n, city=n) for n in ("Haifa", "Eilat"))
    clinic = Clinic(haifa=haifa, eilat=eilat, owner=owner)
    clinic.members["owner"] = owner
    boss = clinic.actor("owner")
    places = {"haifa": haifa, "eilat": eilat}
    for name, (role, where) in CAST.items():
        clinic.members[name] = add_member(
            by=boss, name=f"{name.title()} Cohen", email=f"{name}@clinic.test",
            role=Role.objects.get(key=role), branches=[places[w] for w in where],
        )  # fmt: skip
    end_membership(by=boss, member=clinic.members["leaver"])
    clinic.customers = _customers(clinic)
    return clinic


def _customers(clinic: Clinic) -> dict[str, Customer]:
    haifa, eilat, agent = clinic.haifa, clinic.eilat, clinic.members["agent"]
    rows = {
        "noa": NewCustomer(
            first_name="נועה", last_name="שלו", phones=["052-647-3190"],
            emails=["noa@example.test"], city="חיפה", branches=[haifa], language="he",
        ),
        "eleni": NewCustomer(
            first_name="Ελένη", last_name="Μάρκου", phones=["+30 694 123 4567"],
            branches=[eilat], language="el",
        ),
        "yosef": NewCustomer(
            first_name="יוסף", last_name="כהן", phones=["054-7654321"], branches=[haifa, eilat],
            owner=agent, reference="C-100",
        ),
        "orchard": NewCustomer(kind="organisation", name="Orchard Toys Ltd", branches=[haifa]),
    }  # fmt: skip
    added = add_customers(by=SYSTEM, customers=list(rows.values()))
    return dict(zip(rows, added, strict=True))
