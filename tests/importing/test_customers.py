from datetime import UTC, date, datetime

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.exporting import neutral
from kesher.core.importing import running
from kesher.core.importing.commands import take_back
from kesher.core.models import Change
from kesher.customers.commands.changing import change_customer
from kesher.customers.commands.leaving import bin_customers, restore
from kesher.customers.models import Customer, Tie

pytestmark = pytest.mark.django_db
CREATED, UPDATED, UNCHANGED, REFUSED = range(4)


def customer(reference):
    return Customer.objects.get(reference=reference)


def contacts(of):
    return [(use.point.kind, use.point.normal) for use in of.contacts.select_related("point")]


def test_takes_in_all_that_a_line_says(take, clinic):
    taken = take(
        "Customer No.,First name,Surname,Mobile,Phone 2,E-mail,City,Street,Zip,Birthday,Sex,"
        "Language,Customer since,Tags,Source,Responsible,Branch,Stage,Notes\n"
        "7,רות,אדלר,052-3334444,03-5551234,Ruth@Example.com,חיפה,הרצל 5,3100001,01/02/1980,F,"
        'hebrew,2024-05-06,"vip; early",Google,agent@clinic.test,haifa,Steady,"two\nlines"\n'
    )

    ruth = customer("7")
    assert taken.outcome == (1, 0, 0, 0)
    assert (ruth.first_name, ruth.last_name, ruth.name) == ("רות", "אדלר", "רות אדלר")
    assert (ruth.birth_on, ruth.since_on) == (date(1980, 2, 1), date(2024, 5, 6))
    assert (ruth.gender, ruth.language, ruth.stage, ruth.city) == ("f", "he", "steady", "חיפה")
    assert sorted(contacts(ruth)) == [
        ("address", "הרצל 5 3100001 חיפה"), ("email", "ruth@example.com"),
        ("phone", "+97235551234"), ("phone", "+972523334444"),
    ]  # fmt: skip
    assert ruth.phone == "+972523334444"
    assert sorted(ruth.tags.values_list("name", flat=True)) == ["early", "vip"]
    assert (ruth.source.name, ruth.owner, ruth.about) == (
        "Google", clinic.members["agent"], "two\nlines",
    )  # fmt: skip
    assert list(ruth.branches.all()) == [clinic.haifa]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Dana Levi,,", ("Dana", "Levi")), ('"Levi, Dana",,', ("Dana", "Levi")),
        (",Dana,Levi", ("Dana", "Levi")), (",,Levi", ("", "Levi")),
        ("Ana Maria de la Cruz,,", ("Ana Maria de la", "Cruz")),
    ],
)  # fmt: skip
def test_a_name_in_one_column_or_in_two(take, line, name):
    take(f"name,first name,last name\n{line}\n")

    added = Customer.objects.latest("pk")
    assert (added.first_name, added.last_name) == name


def test_a_number_alone_serves_as_a_name_until_there_is_one(take):
    take("reference\n00042\n")
    assert customer("00042").name == "00042"

    assert take("reference,name\n00042,Dana Levi\n").outcome == (0, 1, 0, 0)
    assert customer("00042").name == "Dana Levi"
    assert take("reference\n00042\n").outcome == (0, 0, 1, 0)
    assert customer("00042").name == "Dana Levi"


def test_a_line_with_a_company_and_no_person_is_a_company(take):
    take("company,phone\nאורן תוכנה,04-8112233\n")

    assert Customer.objects.latest("pk").kind == "organisation"


def test_people_are_tied_to_the_company_they_work_at(take):
    taken = take("reference,name,company\n1,Dana,Northpoint\n2,Noa,NORTHPOINT\n3,Eli,\n")

    company = Customer.objects.get(kind="organisation", name="Northpoint")
    ties = Tie.objects.filter(other=company, role="employee")
    assert taken.outcome == (3, 0, 0, 0)
    assert set(ties.values_list("customer__reference", flat=True)) == {"1", "2"}
    assert take("reference,name,company\n1,Dana,Northpoint\n").outcome == (0, 0, 1, 0)
    assert take("reference,company\n3,northpoint\n").outcome == (0, 1, 0, 0)
    assert ties.count() == 3
    assert Customer.objects.filter(kind="organisation").count() == 2  # with that of the cast


def test_the_same_file_again_changes_nothing(take):
    content = (
        "number,name,phone,email,company,street,city,tags\n"
        "1,Dana Levi,052-1112233,d@example.com,Northpoint,Herzl 1,Haifa,vip\n"
        "2,Noa Shalev,,,,,,\n"
    )
    take(content)
    before = (Customer.objects.count(), Change.objects.count())

    assert take(content).outcome == (0, 0, 2, 0)
    assert (Customer.objects.count(), Change.objects.count()) == before


def test_a_known_number_updates_only_what_is_said_and_differs(take):
    take("number,name,city,gender\n1,Dana Levi,Haifa,f\n")

    taken = take("number,city,gender,phone\n1,Acre,,04-8765432\n")

    dana = customer("1")
    assert taken.outcome == (0, 1, 0, 0)
    assert (dana.name, dana.city, dana.gender) == ("Dana Levi", "Acre", "f")
    assert dana.phone == "+97248765432"
    changes = Change.objects.filter(batch=taken.run.batch, record_id=dana.pk)
    assert {"city"} == {name for c in changes for name in c.before if name == "city"}


def test_says_before_what_it_will_do(take, tmp_path):
    take("number,name,city\n1,Dana,Haifa\n2,Noa,Acre\n")

    taken = take("number,name,city\n1,Dana,Eilat\n2,Noa,Acre\n3,Eli,\n4,Eva,,extra\n")

    first = taken.run.expected["first"]
    assert taken.expected == taken.counts
    assert taken.outcome == (1, 1, 1, 1)
    assert first["updated"][0]["changes"] == [["City", "Haifa", "Eilat"]]
    assert (first["created"][0]["line"], first["created"][0]["title"]) == (4, "Eli")
    assert taken.refused == {5: "The line has 4 cells, the headings are 3."}
    assert first["refused"][0]["code"] == "TooManyCells"


def test_matches_by_telephone_when_asked_to(take, clinic):
    yosef = clinic.customers["yosef"]  # 054-7654321, number C-100
    content = "name,phone,city\nJoseph Cohen,+972 54 765 4321,Haifa\n"

    assert take(content, match=["phone", "email"]).outcome == (0, 1, 0, 0)
    yosef.refresh_from_db()
    assert (yosef.city, yosef.first_name) == ("Haifa", "Joseph")
    assert take(content, match=["phone"]).outcome == (0, 0, 1, 0)
    assert take("name,phone,city\nJoseph Cohen,054-7654321,Acre\n").outcome == (1, 0, 0, 0)


def test_a_match_brings_the_number(take, clinic):
    assert take("number,phone\nN1,052-647-3190\n", match=["phone"]).outcome == (0, 1, 0, 0)
    assert customer("N1") == clinic.customers["noa"]


def test_another_number_is_another_customer_whatever_the_telephone(take):
    assert take("number,name,phone\nX,Joe,054-7654321\n", match=["phone"]).outcome == (1, 0, 0, 0)


def test_several_with_one_telephone_are_told_apart_by_name_or_asked_about(take):
    take("name,phone\nAvi Ben,03-5551111\nBatya Ben,03-5551111\n")

    taken = take(
        "name,phone,city\nBatya Ben,03-5551111,Haifa\nCarmi Ben,03-5551111,Acre\n", match=["phone"]
    )

    assert taken.outcome == (0, 1, 0, 0, 1)
    assert "2 customers share" in taken.refused[3]
    assert Customer.objects.get(name="Batya Ben").city == "Haifa"


def test_without_number_or_match_only_a_line_that_says_nothing_new_is_known(take):
    take("name,phone,city\nDana Levi,052-1112233,Haifa\n")

    assert take("name,phone\nDana Levi,052-1112233\n").outcome == (0, 0, 1, 0)
    assert take("name,phone\nDana Levi,052-9999999\n").outcome == (1, 0, 0, 0)
    assert take("name,phone\nDana Levi,052-1112233\n").outcome == (0, 0, 1, 0)


def test_a_line_without_what_lines_are_matched_by_is_known_by_all_it_says(take):
    content = "name,phone,city\nDana Levi,,Haifa\nDana Levi,,Haifa\nNoa Levi,03-5551111,\n"

    assert take(content, match=["phone"]).outcome == (2, 0, 1, 0)
    assert take(content, match=["phone"]).outcome == (0, 0, 3, 0)


@pytest.mark.parametrize("size", [1, 50])
def test_what_a_line_finds_does_not_depend_on_the_steps(take, monkeypatch, size):
    for name in ("FIRST_STEP", "SMALLEST_STEP"):
        monkeypatch.setattr(running, name, size)
    take("number,name,phone,city\n1,Dana Levi,03-5551111,Haifa\n2,Noa Ron,03-5551111,Haifa\n")

    shared = "number,name,phone\n3,Eli Gal,03-5551111\n,Eli Gal,03-5551111\n"
    assert take(shared, match=["phone"]).outcome == (1, 0, 1, 0)
    renamed = "number,name\n1,Dina Levi\n,Dana Levi\n,Dina Levi\n"
    assert take(renamed, match=["name"]).outcome == (1, 1, 1, 0)
    moved = "number,name,city\n2,,Acre\n,Noa Ron,Haifa\n,Noa Ron,Acre\n"
    assert take(moved).outcome == (1, 1, 1, 0)
    namesake = "number,name,city\n4,Avi Bar,Acre\n,Avi Bar,Acre\n"
    assert take(namesake).outcome == (2, 0, 0, 0)


def test_of_two_alike_the_one_in_the_bin_is_not_meant(take):
    take("name\nDana Levi\n")
    dana = Customer.objects.get(name="Dana Levi")
    take("number,name\n1,Dana Levi\n")
    bin_customers(by=SYSTEM, customers=[dana], now=datetime.now(UTC))

    assert take("name\nDana Levi\n").outcome == (0, 0, 1, 0)


def test_two_people_of_one_name_stay_two(take):
    content = "name,city\nDana Levi,Haifa\nDana Levi,Acre\n"

    assert take(content).outcome == (2, 0, 0, 0)
    assert take(content).outcome == (0, 0, 2, 0)


def test_lines_of_one_customer_are_put_together(take):
    content = "number,name,city,phone\n1,Dana,Haifa,\n1,Dana,,04-8765432\n1,,,04-8765432\n"

    taken = take(content)

    assert taken.outcome == (1, 1, 1, 0)
    assert taken.expected == taken.counts
    assert (customer("1").city, customer("1").phone) == ("Haifa", "+97248765432")
    assert take(content).outcome == (0, 0, 3, 0)


def test_a_later_line_that_says_otherwise_is_refused(take):
    content = "number,name,city\n1,Dana,Haifa\n2,Noa,Acre\n1,Dina,Acre\n"

    taken = take(content)

    assert taken.outcome == (2, 0, 0, 1)
    assert taken.expected == taken.counts
    assert (
        taken.refused[4] == "Line 2 is about the same one and says otherwise of: First name, City."
    )
    assert (customer("1").first_name, customer("1").city) == ("Dana", "Haifa")
    assert take(content).outcome == (0, 0, 2, 1)


def test_two_lines_that_match_by_telephone_are_one(take):
    content = "name,phone,city\nDana Levi,03-5550000,\nDana Levi,03 555 0000,Haifa\n"

    taken = take(content, match=["phone"])

    assert taken.outcome == (1, 1, 0, 0)
    assert taken.expected == taken.counts


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,=cmd|' /C calc'!A0,,", "holds a formula"),
        ("1,+SUM(A1),,", "holds a formula"),
        ("1,@SUM(1+1)*cmd|' /C calc'!A0,,", "holds a formula"),
        ("1,Da\x00na,,", "damaged characters"),
        ("1,Da\ufffdna,,", "damaged characters"),
        ("1,Dana,31/02/1980,", "is no date"),
        ("1,Dana,2026-02-30,", "is no date"),
        ("1,Dana,01/01/9999,", "must lie between 1 Jan 1850 and"),
        ("1,Dana,01/01/0001,", "must lie between 1 Jan 1850 and"),
        ("1,Dana,,not a number", "holds no telephone number"),
        ('1,"Da\nna",,', "goes over several lines"),
        (f"1,{'x' * 200_000},,", "200000 characters; at most 200"),
        (f"{'1' * 61},Dana,,", "61 characters; at most 60"),
        ('"",,,03-5551234', "needs a name"),
        ("1,Dana,,,more", "has 5 cells"),
        ("number,name,birthday,phone", "repeats the headings"),
    ],
)  # fmt: skip
def test_refuses_one_line_with_its_reason_and_takes_the_others(take, line, reason):
    before = Customer.objects.count()

    taken = take(f"number,name,birthday,phone\n8,Before,,\n{line}\n9,After,,\n")

    assert taken.outcome == (2, 0, 0, 1)
    assert taken.expected == taken.counts
    assert list(taken.refused) == [3]
    assert reason in taken.refused[3]
    assert Customer.objects.count() == before + 2


def test_lone_surrogates_are_refused_in_every_encoding(take):
    utf16 = (
        "number,name\n1,Dana\n2,".encode("utf-16") + b"\x00\xd8" + "\n3,Noa\n".encode("utf-16-le")
    )

    assert take(b"number,name\n1,Dana\n2,D\xed\xa0\x80\n3,Noa\n").outcome == (2, 0, 0, 1)
    assert take(utf16).outcome == (0, 0, 2, 1)


def test_what_an_export_put_asleep_wakes_up(take):
    rows = [("+972521112233", "=Dana"), ("", "-Noa"), ("", "@Eli"), ("", "'Ned")]
    lines = [f'{at},"{neutral(name)}",{neutral(phone)}' for at, (phone, name) in enumerate(rows)]

    assert take("number,first name,phone\n" + "\n".join(lines) + "\n").outcome == (4, 0, 0, 0)
    assert [customer(str(at)).first_name for at in range(4)] == ["=Dana", "-Noa", "@Eli", "'Ned"]
    assert customer("0").phone == "+972521112233"


def test_text_that_spreadsheets_shield_is_unshielded(take):
    take('number,name,phone\n="007",="Dana",="0521112233"\n')

    assert customer("007").phone == "+972521112233"


def test_telephones_of_the_business_country_and_several_in_a_cell(take):
    take('number,phone\n1,"052-1112233, 0541112233"\n2,521112233\n3,03-5551111 / 04-8112233\n')

    assert contacts(customer("1")) == [("phone", "+972521112233"), ("phone", "+972541112233")]
    assert customer("2").phone == "+972521112233"
    assert len(contacts(customer("3"))) == 2


def test_a_customer_in_the_bin_is_not_brought_back_unasked(take, clinic):
    bin_customers(by=SYSTEM, customers=[clinic.customers["yosef"]], now=datetime.now(UTC))

    taken = take("number,name,phone\nC-100,Yosef,\n,Yosef Cohen,054-7654321\n", match=["phone"])

    assert taken.outcome == (1, 0, 0, 1)
    assert "in the bin" in taken.refused[2]


def test_the_same_file_after_its_undo_brings_everybody_back(take):
    people = (
        "number,name,phone,city\n1,Dana Levi,052-1112233,Acre\n2,Noa Levi,,\n2,Noa Levi,,Haifa\n"
    )
    first = take(people)
    take_back(by=SYSTEM, run=first.run)
    dana = customer("1")
    assert dana.binned_at is not None

    again = take(people.replace("Acre", "Jaffa"))
    assert again.outcome == (0, 2, 1, 0)
    assert (customer("1").pk, customer("1").binned_at, customer("1").city) == (
        dana.pk,
        None,
        "Jaffa",
    )
    assert take(people.replace("Acre", "Jaffa")).outcome == (0, 0, 3, 0)

    take_back(by=SYSTEM, run=again.run)
    assert (customer("1").binned_at is None, customer("1").city) == (False, "Acre")
    assert take(people).outcome == (0, 2, 1, 0)


def test_whom_somebody_binned_after_all_stays_there(take):
    first = take("number,name\n1,Dana Levi\n")
    take_back(by=SYSTEM, run=first.run)
    restore(by=SYSTEM, customers=[customer("1")])
    bin_customers(by=SYSTEM, customers=[customer("1")], now=datetime.now(UTC))
    assert "in the bin" in take("number,name\n1,Dana Levi\n").refused[2]


def test_only_who_may_bring_back_from_the_bin_does_so_by_a_file(take, clinic):
    here = {"branches": [clinic.haifa.pk]}
    take_back(by=SYSTEM, run=take("number,name\n1,Dana Levi\n", options=here).run)
    taken = take("number,name\n1,Dana Levi\n", by=clinic.actor("receptionist"))
    assert "in the bin" in taken.refused[2]


def test_somebody_sees_and_changes_only_his_own(take, clinic):
    change_customer(by=SYSTEM, customer=clinic.customers["eleni"], values={"reference": "E-1"})
    content = "number,name,city\nE-1,Helen,Haifa\nC-100,,Acre\nN-9,New,Haifa\n"

    taken = take(content, by=clinic.actor("receptionist"))

    assert taken.outcome == (1, 1, 0, 1)
    assert taken.expected == taken.counts
    assert "belongs to another customer" in taken.refused[2]
    assert list(customer("N-9").branches.all()) == [clinic.haifa]
    clinic.customers["eleni"].refresh_from_db()
    assert clinic.customers["eleni"].name == "Ελένη Μάρκου"


def test_refuses_who_may_not_add_customers(take, clinic):
    with pytest.raises(AccessDenied):
        take("number,name\n1,Dana\n", by=clinic.actor("leaver"))
    assert not Customer.objects.filter(reference="1").exists()


@pytest.mark.parametrize(
    ("headings", "value", "reason"),
    [("branch", "Atlantis", "no branch “Atlantis”"), ("owner", "Nobody", "called “Nobody”"),
     ("gender", "x", "it takes only: Female, Male"), ("email", "nowhere", "not an e-mail")],
)  # fmt: skip
def test_refuses_names_of_ours_that_are_not_there(take, headings, value, reason):
    taken = take(f"number,name,{headings}\n1,Dana,{value}\n")

    assert taken.outcome == (0, 0, 0, 1)
    assert reason in taken.refused[2]


def test_the_branch_is_chosen_for_lines_that_name_none(take, clinic):
    take("number,name,branch\n1,Dana,\n2,Noa,Haifa\n", options={"branches": [clinic.eilat.pk]})

    assert list(customer("1").branches.all()) == [clinic.eilat]
    assert list(customer("2").branches.all()) == [clinic.haifa]
