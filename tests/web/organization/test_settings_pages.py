"""The settings: only what the role may do is shown, and only that is done."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kesher.core.models import StoredFile
from kesher.organization.models import (
    Absence,
    Branch,
    Business,
    Classification,
    Holiday,
    Resource,
    Role,
    Team,
)

PAGES = {  # path: who opens it
    "/settings/": {"owner", "manager", "receptionist", "agent"},
    "/settings/business/": {"owner"},
    "/settings/holidays/": {"owner"},
    "/settings/branches/": {"owner"},
    "/settings/teams/": {"owner", "manager"},
    "/settings/resources/": {"owner", "manager"},
    "/settings/roles/": {"owner"},
    "/absences/": {"owner", "manager", "receptionist", "agent"},
    "/members/invitations/": {"owner", "manager"},
    "/settings/business/colours/": {"owner"},
}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["owner", "manager", "receptionist", "agent"])
def test_a_page_opens_for_those_who_may_and_is_listed_for_them_only(browse, path, who):
    browser = browse(who)

    assert browser.get(path).status_code == (200 if who in PAGES[path] else 403)
    listed = f'href="{path}"' in browser.get("/settings/").content.decode()
    if path not in ("/members/invitations/", "/settings/business/colours/"):
        assert listed == (who in PAGES[path])


def business_values(**changed):
    held = Business.objects.get()
    names = ("name", "country", "currency", "time_zone", "week_start", "weekend", "language")
    return {name: getattr(held, name) for name in names} | {"seen": held.version} | changed


def test_the_business_is_saved(browse):
    browser = browse("owner")

    answer = browser.post(
        "/settings/business/", business_values(name="Carmel", brand_colour="#7A1F5C")
    )

    assert answer["Location"] == "/settings/business/"
    assert (Business.objects.get().name, Business.objects.get().brand_colour) == (
        "Carmel", "#7a1f5c",
    )  # fmt: skip
    assert "The settings are saved." in browser.get("/settings/business/").content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""}, {"country": "XX"}, {"currency": "BTC"}, {"time_zone": "Mars"},
        {"brand_colour": "red"}, {"week_start": "9"}, {"weekend": ["1", "2", "3", "4", "5"]},
        {"seen": ""},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_saved(browse, changed):
    before = Business.objects.values().get()
    answer = browse("owner").post("/settings/business/", business_values(**changed))

    assert answer.status_code == 422
    assert Business.objects.values().get() == before


def test_two_who_change_the_same_field_are_told(browse):
    stale = business_values(name="Mine")
    browser = browse("owner")
    browser.post("/settings/business/", business_values(name="Theirs"))

    answer = browser.post("/settings/business/", stale)

    assert answer.status_code == 409
    assert Business.objects.get().name == "Theirs"


def test_a_colour_is_shown_before_it_is_saved(browse):
    page = browse("owner").get("/settings/business/colours/?brand_colour=%23ffe000")

    assert page.status_code == 200
    assert "contrast" in page.content.decode()
    assert "#005c8f" not in page.content.decode().lower()


def picture(kind="PNG"):
    kept = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(kept, kind)
    return kept.getvalue()


def test_a_logo_is_uploaded_shown_to_everybody_and_removed(browse, settings, tmp_path, client):
    settings.MEDIA_ROOT = tmp_path
    browser = browse("owner")
    handed = SimpleUploadedFile("../../logo.svg", picture(), "image/svg+xml")

    assert browser.post("/settings/business/logo/", {"logo": handed}).status_code == 302

    shown = client.get("/logo/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert b"PNG" in b"".join(shown.streaming_content)[:8]
    assert '<img src="/logo/' in client.get("/account/login/").content.decode()
    assert browser.post("/settings/business/logo/removal/").status_code == 302
    assert client.get("/logo/").status_code == 404


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"MZ\x90\x00", b"%PDF-1.7"])
def test_what_is_no_picture_is_no_logo(browse, settings, tmp_path, content):
    settings.MEDIA_ROOT = tmp_path
    handed = SimpleUploadedFile("logo.png", content, "image/png")

    answer = browse("owner").post("/settings/business/logo/", {"logo": handed})

    assert answer.status_code in (302, 422)
    assert Business.objects.get().logo is None
    assert not StoredFile.objects.exists()


def test_only_an_owner_uploads(browse, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    handed = SimpleUploadedFile("logo.png", picture(), "image/png")
    assert browse("manager").post("/settings/business/logo/", {"logo": handed}).status_code == 403
    assert not StoredFile.objects.exists()


def test_holidays_are_taken_added_and_removed(browse):
    browser = browse("owner")
    browser.post("/settings/holidays/public/")
    taken = Holiday.objects.count()
    assert taken > 15

    browser.post("/settings/holidays/", {"day": "2099-07-08", "name": "Outing", "branch": ""})
    mine = Holiday.objects.get(name="Outing")
    assert "Outing" in browser.get("/settings/holidays/").content.decode()
    browser.post(f"/settings/holidays/{mine.pk}/removal/")
    assert Holiday.objects.count() == taken
    assert browse("manager").post("/settings/holidays/public/").status_code == 403


def test_branches_are_opened_changed_and_closed(browse, clinic):
    browser = browse("owner")
    browser.post("/settings/branches/", {"name": "Acre", "city": "Acre"})
    acre = Branch.objects.get(name="Acre")

    browser.post(f"/settings/branches/{acre.pk}/", {"name": "Akko", "city": "", "seen": 1})
    browser.post(f"/settings/branches/{acre.pk}/closing/")
    acre.refresh_from_db()
    assert (acre.name, acre.closed_on is None) == ("Akko", False)

    taken = browser.post(f"/settings/branches/{acre.pk}/", {"name": "Haifa", "seen": 3})
    assert taken.status_code == 422
    assert "There is one called Haifa already." in taken.content.decode()
    assert browse("manager").post("/settings/branches/", {"name": "Mine"}).status_code == 403


def test_a_manager_keeps_teams_and_rooms_of_his_branch(browse, clinic):
    browser = browse("manager")
    browser.post("/settings/teams/", {"name": "Desk", "branch_id": clinic.haifa.pk})
    browser.post(
        "/settings/resources/", {"name": "Room 1", "kind": "room", "branch_id": clinic.haifa.pk}
    )
    other = browser.post(
        "/settings/resources/", {"name": "Room 2", "kind": "room", "branch_id": clinic.eilat.pk}
    )

    assert other.status_code == 422
    assert [room.name for room in Resource.objects.all()] == ["Room 1"]
    team = Team.objects.get()
    browser.post(f"/settings/teams/{team.pk}/removal/")
    assert not Team.objects.exists()


def test_absences_are_planned_and_why_is_told_to_few(browse, clinic):
    dentist = browse("dentist")
    away = {
        "member": clinic.members["dentist"].pk, "kind": "illness", "starts_on": "2099-01-04",
        "ends_on": "2099-01-08", "deputy": clinic.members["receptionist"].pk, "note": "Ask Noa",
    }  # fmt: skip
    assert dentist.post("/absences/", away)["Location"] == "/absences/"

    assert "Illness" in dentist.get("/absences/").content.decode().split("Plan an absence")[0]
    seen = browse("receptionist").get("/absences/").content.decode().split("Plan an absence")[0]
    assert "Dentist Cohen" in seen
    assert "Illness" not in seen
    assert "Illness" in browse("manager").get("/absences/").content.decode().split("Plan an")[0]

    mine = browse("receptionist").post("/absences/", away)  # for a colleague
    assert mine.status_code == 422
    absence = Absence.objects.get()
    assert browse("agent").post(f"/absences/{absence.pk}/cancelling/").status_code == 403
    dentist.post(f"/absences/{absence.pk}/cancelling/")
    assert not Absence.objects.exists()


# ---- roles


def test_the_matrix_says_what_a_role_may_do_in_words(browse):
    page = browse("owner").get("/settings/roles/").content.decode()

    assert "<b>Branch</b>" in page
    assert "See, Add, Change" in page
    assert "<b>Everything</b>" in page


def test_a_right_is_edited_in_place(browse, clinic):
    role = Role.objects.get(key="agent")
    browser = browse("owner")
    change = {"kind": "customers.customer", "action": "view", "scope": 3, "seen": 1}

    answer = browser.post(
        f"/settings/roles/{role.pk}/rights/", change, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert '<option value="3" selected>Branch</option>' in answer.content.decode()
    assert clinic.actor("agent").scope("customers.customer", "view") == 3
    stale = browser.post(f"/settings/roles/{role.pk}/rights/", change | {"scope": 4})
    assert stale.status_code == 409
    without_script = browser.post(
        f"/settings/roles/{role.pk}/rights/", change | {"seen": 2, "scope": 1}
    )
    assert without_script["Location"] == f"/settings/roles/{role.pk}/"


@pytest.mark.parametrize(
    "change", [{"scope": "9"}, {"scope": "x"}, {"kind": "x.y"}, {"action": "fly"}, {"seen": ""}]
)
def test_what_is_no_right_is_refused(browse, change):
    role = Role.objects.get(key="agent")
    given = {"kind": "customers.customer", "action": "view", "scope": 3, "seen": 1}

    answer = browse("owner").post(f"/settings/roles/{role.pk}/rights/", given | change)

    assert answer.status_code in (404, 422)
    assert Role.objects.get(key="agent").version == 1


def test_a_clearance_is_switched(browse, clinic):
    role, health = Role.objects.get(key="agent"), Classification.objects.get(key="health")
    path = f"/settings/roles/{role.pk}/clearances/"
    browser = browse("owner")

    browser.post(path, {"classification": health.pk, "cleared": "1", "seen": 1})
    assert "health" in clinic.actor("agent").clearances
    browser.post(path, {"classification": health.pk, "seen": 2})
    assert "health" not in clinic.actor("agent").clearances


def test_a_role_is_made_named_and_removed(browse):
    browser = browse("owner")
    like = Role.objects.get(key="receptionist")
    browser.post("/settings/roles/", {"like": like.pk, "en": "Night desk"})
    made = Role.objects.get(key="night_desk")

    browser.post(f"/settings/roles/{made.pk}/name/", {"en": "Late desk", "he": "ערב"})
    made.refresh_from_db()
    assert made.labels == {"en": "Late desk", "he": "ערב"}
    browser.post(f"/settings/roles/{made.pk}/removal/")
    assert not Role.objects.filter(pk=made.pk).exists()


def test_a_classification_is_added(browse, clinic):
    browser = browse("owner")
    assert browser.post("/settings/classifications/", {"en": ""}).status_code == 422
    browser.post("/settings/classifications/", {"en": "Board"})
    assert "board" in clinic.actor("owner").clearances

    one = Classification.objects.get(key="board")
    browser.post(f"/settings/classifications/{one.pk}/name/", {"he": "ועד"})
    one.refresh_from_db()
    assert one.labels == {"he": "ועד"}
    assert browser.post(f"/settings/classifications/{one.pk}/name/", {}).status_code == 422
    browser.post(f"/settings/classifications/{one.pk}/removal/")
    assert not Classification.objects.filter(pk=one.pk).exists()


def test_nobody_else_names_a_classification(browse):
    one = Classification.objects.get(key="health")
    for given in ({"en": "X"}, {}):
        answer = browse("manager").post(f"/settings/classifications/{one.pk}/name/", given)
        assert answer.status_code == 403
    assert str(Classification.objects.get(pk=one.pk)) == "Health"


def test_nobody_else_touches_roles(browse):
    role = Role.objects.get(key="agent")
    for who in ("manager", "receptionist"):
        browser = browse(who)
        for path in ("rights", "clearances", "preset", "name", "removal"):
            answer = browser.post(
                f"/settings/roles/{role.pk}/{path}/",
                {"kind": "customers.customer", "action": "view", "scope": 4, "seen": 1, "en": "X",
                 "classification": Classification.objects.get(key="health").pk},
            )  # fmt: skip
            assert answer.status_code == 403, path
    assert Role.objects.get(key="agent").version == 1
