from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from kesher.core.access import AccessDenied
from kesher.core.changes import EditConflict
from kesher.core.files import receive
from kesher.organization.addresses import NoSuchLanguage
from kesher.organization.commands.settings import (
    NameMissing,
    NoHolidaysKnown,
    NotAColour,
    NotADay,
    NotAPicture,
    NotInUse,
    OutOfTime,
    add_holiday,
    change_business,
    remove_holiday,
    remove_logo,
    set_logo,
    take_holidays,
)
from kesher.organization.models import Business, Holiday


def change(clinic, by="owner", seen=None, **values):
    return change_business(
        by=clinic.actor(by), business=Business.objects.get(), values=values, seen=seen
    )


def test_changes_what_holds_for_the_business(clinic):
    change(clinic, name=" Carmel ", country="GR", currency="EUR", time_zone="Europe/Athens",
           week_start=0, weekend=[6, 5], language="el", brand_colour="#7A1F5C")  # fmt: skip

    business = Business.objects.get()
    assert (business.name, business.weekend, business.brand_colour) == ("Carmel", [5, 6], "#7a1f5c")
    assert business.version == 2


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name": " "}, NameMissing),
        ({"country": "XX"}, NotInUse),
        ({"currency": "BTC"}, NotInUse),
        ({"time_zone": "Mars/Olympus"}, NotInUse),
        ({"time_zone": "../../etc/passwd"}, NotInUse),
        ({"week_start": 7}, NotADay),
        ({"weekend": [7]}, NotADay),
        ({"weekend": [0, 1, 2, 3, 4]}, NotADay),
        ({"language": "xx"}, NoSuchLanguage),
        ({"brand_colour": "red;}"}, NotAColour),
    ],
)
def test_refuses_what_is_not_there(clinic, values, refusal):
    with pytest.raises(refusal):
        change(clinic, **values)
    assert Business.objects.get().version == 1


def test_two_who_change_the_same_field_see_both(clinic):
    change(clinic, name="One", seen=1)
    change(clinic, currency="EUR", seen=1)
    with pytest.raises(EditConflict):
        change(clinic, name="Two", seen=1)


def test_only_who_manages_the_business_changes_it(clinic):
    for who in ("manager", "receptionist"):
        with pytest.raises(AccessDenied):
            change(clinic, by=who, name="Mine")
        with pytest.raises(AccessDenied):
            add_holiday(by=clinic.actor(who), day=date(2026, 12, 24), name="Mine")
        with pytest.raises(AccessDenied):
            take_holidays(by=clinic.actor(who), business=Business.objects.get(), years=[2026])


# ---- logo


def picture():
    kept = BytesIO()
    Image.new("RGB", (40, 40), "red").save(kept, "PNG")
    return kept.getvalue()


def test_a_logo_is_put_on_and_taken_off(clinic, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    boss, business = clinic.actor("owner"), Business.objects.get()

    set_logo(by=boss, business=business, picture=receive([picture()], "logo.png"))
    assert Business.objects.get().logo.content_type == "image/png"
    remove_logo(by=boss, business=Business.objects.get())
    assert Business.objects.get().logo is None


def test_only_a_picture_is_a_logo(clinic, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(NotAPicture):
        set_logo(
            by=clinic.actor("owner"), business=Business.objects.get(),
            picture=receive([b"%PDF-1.4 <script>alert(1)</script>"], "logo.png"),
        )  # fmt: skip


# ---- holidays


@pytest.mark.parametrize(
    ("country", "language", "day", "name"),
    [("IL", "he", date(2026, 9, 21), "יום כיפור"), ("GR", "el", date(2026, 1, 6), "Θεοφάνεια")],
)
def test_takes_the_days_off_of_the_country_once(clinic, country, language, day, name):
    change(clinic, country=country, language=language)
    boss, business = clinic.actor("owner"), Business.objects.get()

    added = take_holidays(by=boss, business=business, years=[2026])

    assert added == Holiday.objects.count() > 8
    assert Holiday.objects.get(day=day).name == name
    assert take_holidays(by=boss, business=business, years=[2026]) == 0


def test_own_days_are_added_and_removed(clinic):
    boss = clinic.actor("owner")
    holiday = add_holiday(by=boss, day=date(2026, 7, 8), name="Outing", branch=clinic.haifa)
    assert add_holiday(by=boss, day=date(2026, 7, 8), name="Outing", branch=clinic.haifa) == holiday

    remove_holiday(by=boss, holiday=holiday)
    assert not Holiday.objects.exists()
    with pytest.raises(NameMissing):
        add_holiday(by=boss, day=date(2026, 7, 8), name=" ")
    with pytest.raises(OutOfTime):
        add_holiday(by=boss, day=date(9999, 12, 31), name="The end")


def test_says_so_where_no_holidays_are_known(clinic):
    change(clinic, country="TA")
    with pytest.raises(NoHolidaysKnown):
        take_holidays(by=clinic.actor("owner"), business=Business.objects.get(), years=[2026])
