"""A file goes in by short steps: cut off anywhere it goes on, and it can be taken back."""

import time

import pytest
from django.db import DatabaseError

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.importing import commands, running
from kesher.core.importing.commands import (
    AlreadyTakenIn,
    NothingToTakeBack,
    check_import,
    choose_columns,
    open_import,
    take_back,
    take_in,
)
from kesher.core.importing.kinds import Outcome, importable_kind
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import imports_of, job_of
from kesher.core.importing.reasons import reason_of
from kesher.core.importing.refusals import ColumnsMissing, FileChanged
from kesher.core.importing.report import refused_ending, write_refused
from kesher.core.jobs import cancel_job
from kesher.core.models import Change, EventRecord, Job
from kesher.core.refusal import Refusal
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.changing import change_customer
from kesher.customers.models import Customer, CustomerContact, Tie

pytestmark = pytest.mark.django_db
CONTENT = "number,name,phone,company,city\n" + "".join(
    f"{at},Person {at},052-55{at:05d},Firm {at % 7},{'City' if at % 9 else '=bad()'}\n"
    for at in range(200)
)


@pytest.fixture
def opened(clinic, tmp_path):
    def opened(content=CONTENT, kind="customers", by=SYSTEM, name="file.csv", **more):
        path = tmp_path / name
        path.write_text(content)
        more.setdefault("said", {})
        return open_import(
            by=by, kind=importable_kind(kind), path=path, name=name, is_ours=False, **more
        )

    return opened


def state():
    people = Customer.objects.order_by("reference", "name")
    return (
        list(people.values_list("reference", "name", "phone", "city", "kind")),
        sorted(CustomerContact.objects.values_list("customer__name", "point__normal")),
        sorted(Tie.objects.values_list("customer__name", "other__name", "role")),
    )


def wipe():
    for name in ("Person", "Firm"):
        Customer.objects.filter(name__startswith=name).delete()


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches a cut."""


def cut_at(monkeypatch, number):
    """Have the writing of the step that holds this line cut off."""
    kind = importable_kind("customers")
    write = type(kind).write

    def cut(self, by, verdicts, plan, memory):
        write(self, by, verdicts, plan, memory)
        if any(verdict.line.number == number for verdict in verdicts):
            raise PowerCut

    monkeypatch.setattr(type(kind), "write", cut)


def test_an_interrupted_run_goes_on_where_it_was(opened, monkeypatch):
    whole = opened()
    take_in(by=SYSTEM, run=whole)
    expected, counts = state(), dict(whole.counts)
    wipe()
    run = opened(name="again.csv")
    for number in (30, 120, 199):
        with monkeypatch.context() as patched, pytest.raises(PowerCut):
            cut_at(patched, number)
            take_in(by=SYSTEM, run=ImportRun.objects.get(pk=run.pk))
        cut = ImportRun.objects.get(pk=run.pk)
        assert sum(cut.counts.values()) == cut.done < number
        assert cut.refused_lines.count() == cut.counts["refused"]

    assert take_in(by=SYSTEM, run=ImportRun.objects.get(pk=run.pk)) == counts
    assert state() == expected
    assert run.refused_lines.count() == counts["refused"] == 23
    assert job_of(run, "run").done == 200


def test_one_line_that_the_database_refuses_spoils_no_other(opened, monkeypatch):
    kind = importable_kind("customers")
    write = type(kind).write

    class Unlikely(Refusal):
        message = "not this one"

    def refusing(self, by, verdicts, plan, memory):
        write(self, by, verdicts, plan, memory)
        if any(verdict.line.number in (21, 22, 91) for verdict in verdicts):
            raise Unlikely

    monkeypatch.setattr(type(kind), "write", refusing)
    run = opened()

    counts = take_in(by=SYSTEM, run=run)

    assert counts == {"created": 174, "updated": 0, "unchanged": 0, "refused": 26, "doubtful": 0}
    reasons = {line.number: reason_of(line) for line in run.refused_lines.all()}
    unlikely = {number for number, reason in reasons.items() if reason == "not this one"}
    assert unlikely == {21, 22, 91}
    people = Customer.objects.filter(name__startswith="Person").values_list("reference", flat=True)
    assert len(set(people)) == 174
    assert not {"19", "20", "89"} & set(people)


def test_a_failure_stops_the_run_and_keeps_what_was_done(opened, monkeypatch):
    run = opened()
    with monkeypatch.context() as patched:
        patched.setattr(running, "FIRST_STEP", 60)
        kind = type(importable_kind("customers"))
        write = kind.write

        def failing(self, by, verdicts, plan, memory):
            write(self, by, verdicts, plan, memory)
            if any(verdict.line.number > 100 for verdict in verdicts):
                raise DatabaseError("disk full")

        patched.setattr(kind, "write", failing)
        with pytest.raises(DatabaseError):
            take_in(by=SYSTEM, run=run)

    run.refresh_from_db()
    assert (run.state, job_of(run, "run").state) == ("failed", Job.State.FAILED)
    assert 60 <= run.done <= 100
    assert take_in(by=SYSTEM, run=run)["created"] == 177


def test_can_be_cancelled_between_steps(opened, monkeypatch):
    run = opened()
    kind = type(importable_kind("customers"))
    write = kind.write

    def cancelling(self, by, verdicts, plan, memory):
        write(self, by, verdicts, plan, memory)
        if run.done or any(verdict.line.number > 60 for verdict in verdicts):
            cancel_job(by=SYSTEM, job=job_of(run, "run"))

    monkeypatch.setattr(kind, "write", cancelling)
    counts = take_in(by=SYSTEM, run=run)

    assert run.state == "cancelled"
    assert sum(counts.values()) == run.done < 200
    assert Customer.objects.filter(reference__isnull=False).count() - 1 == counts["created"]
    with pytest.raises(AlreadyTakenIn):
        take_in(by=SYSTEM, run=run)


def test_looking_through_writes_nothing(opened):
    run = opened()
    before = (state(), Change.objects.count(), EventRecord.objects.count())

    found = check_import(by=SYSTEM, run=run)

    assert found["counts"] == {
        "created": 177,
        "updated": 0,
        "unchanged": 0,
        "refused": 23,
        "doubtful": 0,
    }
    assert (state(), Change.objects.count(), EventRecord.objects.count()) == before
    assert [len(found["first"][outcome]) for outcome in ("created", "refused")] == [5, 23]
    assert take_in(by=SYSTEM, run=run) == found["counts"]


def test_taken_back_it_leaves_everything_as_it_was(opened, clinic):
    take_in(by=SYSTEM, run=opened("number,name,city\n1,Dana,Haifa\n2,Noa,Acre\n"))
    before = state()
    run = opened(
        "number,name,city,phone,company,tags\n1,Dana,Eilat,052-5550001,Northpoint,vip\n3,Eli,,,,\n"
    )
    take_in(by=SYSTEM, run=run)

    undone = take_back(by=SYSTEM, run=run)

    gone = {"Northpoint", "Eli"}
    held = Customer.objects.filter(name__in=gone)
    assert all(one.binned_at for one in held) and len(held) == 2
    people, uses, ties = state()
    assert ([p for p in people if p[1] not in gone], uses, ties) == before
    assert Customer.objects.get(reference="1").tags.count() == 0
    assert undone.stayed == []
    assert (run.state, job_of(run, "undo").result["restored"]) == ("undone", undone.restored)


def test_taking_back_names_what_was_changed_since(opened, clinic):
    take_in(by=SYSTEM, run=opened("number,name,city\n1,Dana,Haifa\n2,Noa,Haifa\n"))
    run = opened("number,city\n1,Eilat\n2,Eilat\n")
    take_in(by=SYSTEM, run=run)
    dana = Customer.objects.get(reference="1")
    change_customer(by=clinic.actor("owner"), customer=dana, values={"city": "Acre"})

    undone = take_back(by=SYSTEM, run=run)

    assert Customer.objects.get(reference="1").city == "Acre"
    assert Customer.objects.get(reference="2").city == "Haifa"
    assert [(s.name, s.field, s.now, s.by) for s in undone.stayed] == [
        ("Dana", "city", "Acre", "Orly Owner")
    ]
    with pytest.raises(NothingToTakeBack):
        take_back(by=SYSTEM, run=run)


def test_purchases_are_taken_back_with_their_sums(opened, clinic):
    yosef = clinic.customers["yosef"]
    first = "receipt,customer,date,amount\nA,C-100,2026-01-01,10\n"
    take_in(by=SYSTEM, run=opened(first, kind="purchases"))
    run = opened(
        "receipt,customer,date,amount\nA,C-100,2026-01-01,12\nB,C-100,2026-01-02,5\n",
        kind="purchases",
    )
    take_in(by=SYSTEM, run=run)
    assert (yosef.bought.count, yosef.bought.total) == (2, 17)

    undone = take_back(by=SYSTEM, run=run)

    yosef.bought.refresh_from_db()
    assert (yosef.bought.count, yosef.bought.total, undone.stayed) == (1, 10, [])


def test_the_columns_may_be_chosen_by_hand(opened):
    run = opened("foo,bar,baz\nDana,1,x\n", said=None)
    assert run.columns == {}
    with pytest.raises(ColumnsMissing):
        check_import(by=SYSTEM, run=run)
    with pytest.raises(ColumnsMissing):
        choose_columns(by=SYSTEM, run=run, chosen=["", "", "city"], match=[])

    choose_columns(by=SYSTEM, run=run, chosen=["name", "reference", ""], match=["name"])

    assert take_in(by=SYSTEM, run=run)["created"] == 1
    assert Customer.objects.get(reference="1").name == "Dana"
    with pytest.raises(AlreadyTakenIn):
        choose_columns(by=SYSTEM, run=run, chosen=["name", "", ""], match=[])


def test_a_file_changed_after_it_was_read_is_not_taken_in(opened, tmp_path):
    run = opened()
    (tmp_path / "file.csv").write_text("number,name\n1,Mallory\n")

    for command in (check_import, take_in):
        with pytest.raises(FileChanged):
            command(by=SYSTEM, run=run)
    (tmp_path / "file.csv").unlink()
    with pytest.raises(FileChanged):
        take_in(by=SYSTEM, run=run)
    assert not Customer.objects.filter(reference="1").exists()


def test_nobody_touches_the_file_of_another(opened, clinic):
    run = opened(by=clinic.actor("owner"))
    other = clinic.actor("manager")

    assert list(imports_of(other)) == []
    assert list(imports_of(clinic.actor("owner"))) == [run]
    for command in (check_import, take_in, take_back):
        with pytest.raises(AccessDenied):
            command(by=other, run=run)
    with pytest.raises(AccessDenied):
        choose_columns(by=other, run=run, chosen=["name"], match=[])


def test_refused_lines_come_back_in_the_shape_of_the_file(opened, tmp_path):
    content = 'number;name;note\n1;Dana;x\n2;"=1+1";"a;b ""c"""\n3;;\n4;D\x00;+972\n'
    run = opened(content)
    take_in(by=SYSTEM, run=run)

    write_refused(run, tmp_path / "refused")

    file = (tmp_path / "refused").read_bytes().decode("utf-8-sig")
    assert refused_ending(run) == "csv"
    assert file == 'number;name;note\r\n2;\'=1+1;"a;b ""c"""\r\n4;D\x00;\'+972\r\n'
    first = run.refused_lines.order_by("number").first()
    assert reason_of(first).startswith("“Name” holds a formula")


def test_steps_stay_short_however_slow_a_line_is(opened, monkeypatch):
    kind = type(importable_kind("customers"))
    steps = []

    def slow(self, by, verdicts, plan, memory):
        steps.append(len(verdicts))
        time.sleep(0.004 * len(verdicts))

    monkeypatch.setattr(kind, "write", slow)
    take_in(by=SYSTEM, run=opened())

    assert sum(steps) >= 177
    assert max(steps[1:]) * 0.004 < 0.2


def test_a_step_grows_while_it_is_quick():
    assert running._next_size(50, worked=0.01, took=0.01) == 100
    assert running._next_size(4000, worked=0.01, took=0.01) == running.LARGEST_STEP
    assert running._next_size(100, worked=0.2, took=0.2) == 50
    assert running._next_size(200, worked=0.02, took=0.7) == 40
    assert running._next_size(20, worked=5, took=5) == running.SMALLEST_STEP


def test_announces_steps_and_not_lines(opened):
    before = EventRecord.objects.count()
    run = opened()
    take_in(by=SYSTEM, run=run)

    assert EventRecord.objects.count() - before < 60


def test_the_outcomes_are_counted_in_the_order_people_read_them():
    assert list(commands.report.counted()) == "created updated unchanged refused doubtful".split()
    assert [o.value for o in Outcome] == list(commands.report.counted())


def test_a_colleague_may_be_quicker(opened, monkeypatch):
    """Between judging and writing somebody takes in the same customer: the line finds him."""
    kind = type(importable_kind("customers"))
    judge, once = kind.judge, []

    def overtaken(self, *more):
        verdicts = judge(self, *more)
        if not once:
            once.append(True)
            add_customer(by=SYSTEM, customer=NewCustomer(reference="7", first_name="Quick"))
        return verdicts

    monkeypatch.setattr(kind, "judge", overtaken)
    run = opened("number,name,city\n6,Dana,Haifa\n7,Noa,Acre\n8,Eli,Eilat\n")

    counts = take_in(by=SYSTEM, run=run)

    assert counts == {"created": 2, "updated": 1, "unchanged": 0, "refused": 0, "doubtful": 0}
    assert Customer.objects.get(reference="7").city == "Acre"
