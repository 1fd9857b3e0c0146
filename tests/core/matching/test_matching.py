"""The matcher across scripts: pairs that are one person, pairs that are not, and its command."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from bench.matching import judge
from kesher.core.matching.features import Census, Features, compare_names
from kesher.core.matching.records import record


def _record(first, last, **more):
    return record({"rec_id": "1", "first_name": first, "last_name": last} | more)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("יוסף", "כהן"), ("Joseph", "Cohen")),
        (("Γιώργος", "Παπαδόπουλος"), ("George", "Papadopoulos")),
        (("Yossi", "Cohen"), ("כהן", "יוסף")),
        (("huxh", "fvi"), ("יוסי", "כהן")),
        (("", "Yosef Cohen"), ("Yosef", "Cohen")),
        (("Dana (new)", "Levi"), ("דנה", "לוי")),
    ],
)
def test_two_ways_to_write_a_name_are_alike(a, b):
    given, family, _turned = compare_names(_record(*a).names, _record(*b).names)
    assert {given, family} <= {"same", "group", "sound"}


@pytest.mark.parametrize(
    ("mine", "theirs", "says"),
    [
        ({"street": "Ahad Haam 91"}, {"street": "אחד העם 91"}, "street:same"),
        ({"street": "Herzl 34"}, {"street": "Herzl 35"}, "street:near"),
        ({"street": "Herzl 34"}, {"street": "Bialik 34"}, "street:other"),
        ({"city": "Haifa"}, {"city": "חיפה"}, "city:same"),
        ({"company": "Oren Systems Ltd"}, {"company": "אורן מערכות"}, "company:part"),
        ({"company": "Oren Systems"}, {"email": "dana@orensystems31.co.il"}, "employer:same"),
        ({"company": "Oren Systems"}, {"email": "dana@tavorfoods.com"}, "employer:other"),
        ({}, {"email": "nathan.bengal@gmail.com"}, "mailed:whole+same"),
        ({}, {"email": "bengal77@gmail.com"}, "mailed:part+same"),
        ({}, {"email": "info@gmail.com"}, "mailed:nothing+same"),
    ],
)
def test_what_places_companies_and_mails_say_across_scripts(mine, theirs, says):
    pair = _record("נתן", "בן גל", **mine), _record("נתן", "בן גל", **theirs)
    assert says in Features(Census.of(pair)).of(*pair)
    assert says in Features(Census.of(pair)).of(*pair[::-1])


def test_numbers_are_read_without_country_code():
    phones = {_record("A", "B", phone=p).phone for p in ("052-647 3190", "+972526473190")}
    assert phones == {"526473190"}


LINES = """rec_id,first_name,last_name,phone
7,יוסף,כהן,052-6473190
3,Yosef,Cohen,+972526473190
5,Δήμητρα,Παππά,2310555666
"""


def _run(tmp_path, text, *more):
    source, out, said = tmp_path / "in.csv", tmp_path / "out.csv", StringIO()
    source.write_text(text, encoding="utf-8")
    call_command("duplicates", str(source), "--pairs", str(out), "--json", *more, stdout=said)
    with out.open(encoding="utf-8") as file:
        return json.loads(said.getvalue()), list(csv.DictReader(file))


def test_the_command_writes_pairs_with_reasons(tmp_path):
    told, rows = _run(tmp_path, LINES)
    assert told["records"] == 3
    assert [(row["rec_a"], row["rec_b"]) for row in rows] == [("7", "3")]
    assert "same telephone" in rows[0]["reasons"]
    assert _run(tmp_path, LINES)[1] == rows


def test_faulty_lines_are_all_named_and_stop_no_other(tmp_path):
    source, out, told = tmp_path / "in.csv", tmp_path / "out.csv", StringIO()
    source.write_text(f"{LINES},Nobody\n7,Twice\n8,a,b,c,d\n", encoding="utf-8")

    with pytest.raises(CommandError) as refused:
        call_command("duplicates", str(source), "--pairs", str(out), stderr=told)

    assert str(refused.value) == "3 lines were left out; the pairs of all others are written."
    lines = [line.partition(": ")[0] for line in told.getvalue().splitlines()]
    assert lines == ["Line 5", "Line 6", "Line 7"]
    assert out.read_text(encoding="utf-8").count("\n") == 2


@pytest.mark.parametrize("language", ["en", "he", "el"])
@pytest.mark.parametrize(
    "text", ["", "name\nx\n", "rec_id,first_name\n1,Dan\n1,Dana\n", "rec_id,first_name\n,Dan\n"]
)
def test_a_bad_file_is_refused_in_words(tmp_path, text, language):
    with translation.override(language), pytest.raises(CommandError) as refused:
        _run(tmp_path, text)
    assert str(refused.value)


@pytest.mark.once
def test_on_the_half_it_was_not_fitted_on():
    found = judge()
    assert found["safe"]["P"] >= 0.99
    assert found["safe+likely"]["F1"] >= 0.84
    assert found["recall at .95"] >= 0.72
    assert found["candidates per record"] <= 8
    assert found["blocking recall"] >= 0.92
    assert found["candidates per record"] <= 8
