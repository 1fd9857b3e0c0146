"""`kesher owner reset`: for the owner who lost password, telephone and mailbox."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from kesher.organization.commands.staff import assign_role
from kesher.organization.models import Role, Session


def reset(**options):
    said = StringIO()
    call_command("owner", "reset", stdout=said, **options)
    return said.getvalue()


def test_prints_a_link_that_lets_the_owner_in_once(clinic):
    clinic.owner.authenticator_set.create(type="totp", data={"secret": "lost"})
    Client().force_login(clinic.owner)

    said = reset()

    assert not clinic.owner.authenticator_set.exists()
    assert not Session.objects.filter(member=clinic.owner).exists()
    link = re.search(r"http://localhost:8000(/account/password/reset/key/\S+)", said)[1]
    browser = Client()
    form = browser.get(link, follow=True).redirect_chain[-1][0]
    new = {"password1": "quite another one", "password2": "quite another one"}
    assert browser.post(form, new)["Location"] == "/"
    assert browser.get("/settings/roles/").status_code == 200
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_asks_which_one_where_there_are_several(clinic):
    assign_role(
        by=clinic.actor("owner"), member=clinic.members["dentist"],
        role=Role.objects.get(key="owner"),
    )  # fmt: skip
    with pytest.raises(CommandError, match=r"owner@clinic\.test, dentist@clinic\.test"):
        reset()
    assert "dentist@clinic.test" in reset(email="Dentist@clinic.test")


def test_knows_owners_only(clinic):
    with pytest.raises(CommandError, match="no such owner"):
        reset(email="manager@clinic.test")


@pytest.mark.django_db
def test_says_so_before_anybody_works_here():
    with pytest.raises(CommandError, match="open the first page"):
        reset()
