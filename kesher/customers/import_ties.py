"""Ties from a file: what one customer is to another, by two numbers and a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, label_of, require_kind
from kesher.core.importing import values as cells
from kesher.core.importing.kinds import (
    Column,
    Importable,
    Outcome,
    Plan,
    Read,
    Verdict,
    importable,
    refused,
)
from kesher.core.importing.memory import Memory
from kesher.core.importing.reading import Line
from kesher.core.importing.refusals import CellMissing, LineRefused, shown
from kesher.core.importing.values import Place
from kesher.core.refusal import Refusal
from kesher.customers.commands.tying import add_ties
from kesher.customers.import_columns import EARLIEST
from kesher.customers.import_finding import BY_ANY, Finder, SeveralCustomers
from kesher.customers.imports import place_of_business
from kesher.customers.models import Customer, Tie
from kesher.customers.tie_rules import NewTie, require_possible, tie_key

Role = Tie.Role
OF = ":of"  # the word was said from the other end: the employer of, the child of
ROLES = (
    *Role.choices,
    (Role.EMPLOYEE + OF, _("Employer")),
    (Role.PARENT + OF, _("Child")),
    (Role.MEMBER + OF, _("Household")),
    (Role.PAYER + OF, _("Paid for by")),
    (Role.REFERRER + OF, _("Referred by")),
    (Role.CONTACT + OF, _("Represented by")),
)
WORDS = {
    Role.EMPLOYEE: ("works at", "works for", "worker", "staff", "עובד", "עובדת", "עובד ב",
                    "εργαζόμενος", "εργάζεται σε", "υπάλληλος"),
    Role.PARENT: ("mother", "father", "אב", "אבא", "אם", "אמא", "μητέρα", "πατέρας", "γονέας"),
    Role.SPOUSE: ("husband", "wife", "partner", "married to", "בעל", "אישה", "בן זוג", "בת זוג",
                  "נשוי ל", "σύζυγος", "σύντροφος"),
    Role.SIBLING: ("brother", "sister", "אח", "אחות", "αδελφός", "αδελφή"),
    Role.MEMBER: ("member", "family member", "member of", "בן משפחה", "בת משפחה",
                  "בן בית", "μέλος", "μέλος οικογένειας"),
    Role.PAYER: ("pays for", "payer of", "guarantor", "משלם", "משלמת", "πληρώνει για", "πληρωτής"),
    Role.REFERRER: ("referred", "recommended", "ממליץ", "המליץ על", "σύστησε"),
    Role.CONTACT: ("contact person of", "contact", "איש קשר", "אשת קשר", "υπεύθυνος επικοινωνίας"),
    Role.OTHER: ("related", "relative", "acquaintance", "אחר", "קרוב", "קרובת משפחה", "άλλο"),
    Role.EMPLOYEE + OF: ("employs", "מעסיק", "εργοδότης"),
    Role.PARENT + OF: ("son", "daughter", "ילד", "ילדה", "בן", "בת", "παιδί", "γιος", "κόρη"),
    Role.MEMBER + OF: ("family of", "משפחה של", "οικογένεια του"),
    Role.PAYER + OF: ("paid by",),
    Role.REFERRER + OF: ("recommended by", "הומלץ על ידי", "συστήθηκε από"),
    Role.CONTACT + OF: (),
}  # fmt: skip
FIRST = {"other": "customer", "their_phone": "phone", "their_email": "email"}


class TiedOtherwise(LineRefused):
    message = _(
        "These two are tied like this already, with another title or since another day. Correct "
        "that on the customer's page."
    )


def _of_other(name: str, label: Any, known_as: tuple[str, ...]) -> Column:
    """The column that names the second one as another names the first."""
    like = next(column for column in BY_ANY if column.name == FIRST[name])
    return replace(like, name=name, label=label, known_as=known_as, looks_like=None)


@importable
class Ties(Importable):
    name = "ties"
    label = _("ties between customers")
    columns = (
        *(replace(column, looks_like=None) for column in BY_ANY),
        _of_other("other", _("Number of the other one"),
                  ("other", "other id", "other customer", "related to", "related customer", "with",
                   "other number", "to customer", "לקוח אחר", "קשור אל", "מספר הלקוח האחר",
                   "άλλος πελάτης", "συνδέεται με")),
        _of_other("their_phone", _("Telephone of the other one"),
                  ("phone of the other", "טלפון של האחר", "τηλέφωνο του άλλου")),
        _of_other("their_email", _("E-mail of the other one"),
                  ("email of the other", "e mail of the other", "דואל של האחר", "email του άλλου")),
        Column(
            name="role", label=_("Is to the other one"), reads=cells.choice_of(ROLES, WORDS),
            choices=lambda actor: ROLES,
            known_as=("role", "tie", "relation", "relationship", "kind of tie", "type", "קשר",
                      "סוג קשר", "קרבה", "σχέση", "είδος σχέσης", "δεσμός"),
        ),
        Column(
            name="title", label=_("Title"), reads=cells.text_of(80),
            known_as=("job title", "position", "job", "תפקיד", "משרה", "θέση", "ιδιότητα"),
        ),
        Column(
            name="since", label=_("Since"), is_day=True, reads=cells.day_between(EARLIEST, 36_500),
            known_as=("from", "start", "started on", "starts on", "start date", "מתאריך", "החל מ",
                      "από", "ημερομηνία έναρξης"),
        ),
        Column(
            name="until", label=_("Until"), is_day=True, reads=cells.day_between(EARLIEST, 36_500),
            known_as=("to", "end", "ended on", "ends on", "end date", "עד תאריך", "έως",
                      "ημερομηνία λήξης"),
        ),
    )  # fmt: skip
    needs = (
        ("customer", "phone", "email"), ("other", "their_phone", "their_email"), ("role",),
    )  # fmt: skip

    def place(self, by: Actor) -> Place:
        return place_of_business()

    def require(self, by: Actor) -> None:
        for action in ("add", "change"):
            require_kind(by, action, Customer)

    def judge(
        self, by: Actor, lines: Sequence[Read], plan: Plan, memory: Memory, place: Place
    ) -> list[Verdict]:
        others = [(line, _said_of_other(said)) for line, said in lines]
        one, other = Finder(by, lines, plan), Finder(by, others, plan)
        verdicts = [
            _read(by, line, said, one, other, said_of_other)
            for (line, said), (_line, said_of_other) in zip(lines, others, strict=True)
        ]
        held = _held([v.wanted for v in verdicts if v.wanted])
        for verdict in verdicts:
            if verdict.wanted:
                _compare(verdict, held, memory)
        return verdicts

    def write(self, by: Actor, verdicts: Sequence[Verdict], plan: Plan, memory: Memory) -> None:
        new = [v.wanted for v in verdicts if v.outcome == Outcome.CREATED]
        if new:
            add_ties(by=by, ties=new, batch=plan.batch)


def _said_of_other(said: Mapping[str, Any]) -> dict[str, Any]:
    return {first: said[name] for name, first in FIRST.items() if name in said}


def _read(
    by: Actor, line: Line, said: Mapping[str, Any], one: Finder, other: Finder,
    said_of_other: Mapping[str, Any],
) -> Verdict:  # fmt: skip
    """The tie that a line tells of, or why there can be none."""
    try:
        if not said.get("role"):
            raise CellMissing(column=_("Is to the other one"))
        first = one.customer(line.number, said)
        second = other.customer(line.number, said_of_other)
        role = said["role"]
        if role.endswith(OF):
            first, second, role = second, first, role.removesuffix(OF)
        tie = NewTie(
            customer=first, other=second, role=role, title=said.get("title", ""),
            starts_on=said.get("since"), ends_on=said.get("until"),
        )  # fmt: skip
        require_possible(tie)
    except SeveralCustomers as doubt:
        title = ", ".join(shown(cell) for cell in line.cells[:4] if cell.strip())
        return Verdict(
            line, Outcome.DOUBTFUL, title=title, reason=doubt, candidates=doubt.candidates
        )
    except Refusal as refusal:
        return refused(line, refusal)
    title = " · ".join((label_of(by, first), str(Role(role).label), label_of(by, second)))
    return Verdict(line, Outcome.CREATED, title=title, wanted=tie)


def _held(wanted: Sequence[NewTie]) -> dict[tuple, Tie]:
    """The ties that are there already of the customers that lines tell of."""
    rows = Tie.objects.filter(customer__among={new.customer.pk for new in wanted})
    return {tie_key(row): row for row in rows}


def _compare(verdict: Verdict, held: Mapping[tuple, Tie], memory: Memory) -> None:
    """A tie that is known is no new one; what a line says otherwise of it is told."""
    new: NewTie = verdict.wanted
    key = tie_key(new)
    before = held.get(key)
    is_repeated = memory.met(repr(key).encode()) > 1
    if before is None:
        verdict.outcome = Outcome.UNCHANGED if is_repeated else Outcome.CREATED
    elif (new.title and new.title != before.title) or (
        new.starts_on and new.starts_on != before.starts_on
    ):
        verdict.outcome, verdict.reason = Outcome.REFUSED, TiedOtherwise()
        verdict.wanted = None
    else:
        verdict.outcome = Outcome.UNCHANGED
