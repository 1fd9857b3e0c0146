from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kesher.organization.commands.inviting import invite_member
from kesher.organization.models import Member, Role

JOIN = {"name": "רבקה", "language": "he", "password": "a long new password"}


@pytest.fixture
def link(clinic):
    _invitation, token = invite_member(
        by=clinic.actor("owner"), name="Rivka", email="rivka@clinic.test",
        role=Role.objects.get(key="receptionist"), branches=[clinic.haifa], now=timezone.now(),
    )  # fmt: skip
    return f"/invitations/{token}/acceptance/"


def test_looking_does_not_use_it_up_and_joining_signs_in(link):
    for _scanner in range(3):
        page = Client().get(link)
        assert page.status_code == 200
        assert (
            "<bdi>Orly Owner</bdi> invites you as <bdi>Receptionist</bdi>" in page.content.decode()
        )

    browser = Client()
    assert browser.post(link, JOIN)["Location"] == "/"
    assert 'lang="he"' in browser.get("/me/").content.decode()
    assert Member.objects.get(email="rivka@clinic.test").name == "רבקה"


def test_a_used_or_made_up_link_is_gone(link):
    Client().post(link, JOIN)

    for gone in (link, "/invitations/made-up/acceptance/"):
        for answer in (Client().get(gone), Client().post(gone, JOIN)):
            assert answer.status_code == 404
            assert "no longer works" in answer.content.decode()
    assert Member.objects.filter(email="rivka@clinic.test").count() == 1


def test_a_weak_password_is_explained_and_the_link_still_works(link):
    answer = Client().post(link, JOIN | {"password": "password12"})

    assert answer.status_code == 422
    assert "too common" in answer.content.decode()
    assert Client().post(link, JOIN).status_code == 302


def test_an_old_link_is_gone(link, clinic):
    from kesher.organization.models import Invitation

    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 404
