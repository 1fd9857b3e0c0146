"""What is listed, filtered, imported and exported of customers."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.fields import Field, Through, Type, declare
from kesher.core.importing.queries import imports_of
from kesher.core.models import Change
from kesher.core.own.catalogue import keeps_own
from kesher.customers.models import (
    Channel,
    Customer,
    CustomerBranch,
    CustomerOwnValue,
    CustomerTag,
    Source,
    Tag,
    Wish,
)  # fmt: skip
from kesher.organization.fields import members
from kesher.organization.models import Branch, Language, Member, Team

MOST_IMPORTS = 100


def _imports(actor: Actor) -> list[tuple[str, str]]:
    """The files of customers that the actor has brought, the last one first."""
    runs = imports_of(actor).filter(kind="customers", done__gt=0)[:MOST_IMPORTS]
    return [
        (run.batch, f"{run.file_name} · {date_format(localdate(run.opened_at))}") for run in runs
    ]


declare(
    "customers",
    Customer,
    label=_("Customer"),
    labels=_("Customers"),
    fields=(
        Field(name="name", label=_("Name"), sort=("sort_name",), folded="sort_name"),
        Field(
            name="reference", label=_("Customer number"), sort=("reference",), editable=True
        ),
        Field(
            name="kind", label=_("Kind"), type=Type.CHOICE, groups=True,
            choices=lambda actor: Customer.Kind.choices,
        ),
        Field(name="phone", label=_("Telephone"), type=Type.PHONE),
        Field(name="email", label=_("E-mail"), type=Type.EMAIL),
        Field(
            name="city", label=_("City"), sort=("city", "sort_name"), groups=True, editable=True
        ),
        Field(
            name="stage", label=_("Life stage"), type=Type.CHOICE, groups=True, editable=True,
            choices=lambda actor: Customer.Stage.choices, sort=("stage", "sort_name"),
        ),
        Field(
            name="owner", label=_("Responsible"), type=Type.REF, refers=Member, choices=members,
            sort=("owner__name", "sort_name"), groups=True, editable=True,
        ),
        Field(
            name="team", label=_("Team"), type=Type.REF, refers=Team, groups=True, editable=True,
            sort=("team__name", "sort_name"),
        ),
        Field(
            name="branches", label=_("Branches"), type=Type.REF, refers=Branch, groups=True,
            through=Through(CustomerBranch, "customer", "branch"),
        ),
        Field(
            name="tags", label=_("Tags"), type=Type.REF, refers=Tag, groups=True,
            through=Through(CustomerTag, "customer", "tag"),
        ),
        Field(
            name="source", label=_("Source"), type=Type.REF, refers=Source, groups=True,
            editable=True,
        ),
        Field(
            name="language", label=_("Language"), type=Type.CHOICE, groups=True, editable=True,
            choices=lambda actor: Language.choices,
        ),
        Field(
            name="preferred_channel", label=_("Preferred channel"), type=Type.CHOICE, groups=True,
            editable=True, choices=lambda actor: Channel.choices,
        ),
        Field(
            name="gender", label=_("Gender"), type=Type.CHOICE, groups=True, editable=True,
            choices=lambda actor: Customer.Gender.choices,
        ),
        Field(name="birth_on", label=_("Birthday"), type=Type.DATE, editable=True),
        Field(
            name="since_on", label=_("Customer since"), type=Type.DATE, sort=("since_on",),
            groups=True, editable=True,
        ),
        Field(
            name="created", label=_("Added on"), type=Type.MOMENT, lookup="created_at",
            sort=("created_at",), groups=True,
        ),
        Field(name="about", label=_("Good to know"), type=Type.LONG),
        Field(
            name="wish", label=_("Needs and wishes"), type=Type.LONG, shown=False,
            through=Through(Wish, "customer", text="folded"),
        ),
        Field(
            name="imported", label=_("Came or changed by import"), type=Type.CHOICE, shown=False,
            classification="open",
            through=Through(Change, "record_id", "batch", kind=Customer._meta.label_lower),
            choices=_imports,
        ),
        Field(
            name="archived", label=_("Archived"), type=Type.FLAG, lookup="archived_at", filled=True
        ),
        Field(
            name="binned", label=_("In the bin"), type=Type.FLAG, lookup="binned_at", filled=True
        ),
    ),
)  # fmt: skip
keeps_own("customers", Customer, CustomerOwnValue)
