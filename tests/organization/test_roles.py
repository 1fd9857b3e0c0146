import pytest

from kesher.core.access import AccessDenied, Scope, visible
from kesher.core.changes import EditConflict
from kesher.core.models import EventRecord
from kesher.customers.models import Customer, CustomerTag
from kesher.engagement.models import Touch
from kesher.organization.commands.roles import (
    ClassificationInUse,
    MoreThanYourOwn,
    NameMissing,
    NameTaken,
    NoPreset,
    NoSuchRight,
    OwnersHoldEverything,
    RoleInUse,
    add_classification,
    add_role,
    give_clearance,
    remove_classification,
    remove_role,
    rename_role,
    restore_preset,
    set_right,
    take_clearance,
)
from kesher.organization.commands.staff import assign_role
from kesher.organization.limits import BeyondOwnRights
from kesher.organization.models import Classification, Clearance, Role
from kesher.organization.presets import ROLES


def role(key):
    return Role.objects.get(key=key)


def allow(clinic, key, kind, action, scope, by="owner", **changed):
    given = {"seen": role(key).version, **changed}
    return set_right(
        by=clinic.actor(by), role=role(key), kind=kind, action=action, scope=scope, **given
    )


def test_what_a_role_may_do_changes_with_the_next_click(clinic):
    before = clinic.actor("agent")
    assert set(visible(before, Customer)) == {clinic.customers["yosef"]}

    allow(clinic, "agent", "customers.customer", "view", Scope.BRANCH)

    assert {c.name for c in visible(clinic.actor("agent"), Customer)} == {
        "נועה שלו", "יוסף כהן", "Orchard Toys Ltd",
    }  # fmt: skip
    assert role("agent").version == 2
    assert EventRecord.objects.filter(name="organization.AccessChanged").count() == 1


def test_what_hangs_on_a_customer_goes_along(clinic):
    allow(clinic, "bookkeeper", "customers.customer", "change", Scope.ALL)

    bookkeeper = role("bookkeeper")
    assert bookkeeper.grants.get(kind="customers.customertag", action="change").scope == Scope.ALL
    allow(clinic, "bookkeeper", "customers.customer", "change", Scope.NONE)
    assert not role("bookkeeper").grants.filter(kind="customers.customertag", action="change")
    assert CustomerTag._meta.label_lower == "customers.customertag"


def test_two_who_edit_one_role_do_not_overwrite_each_other(clinic):
    allow(clinic, "agent", "customers.customer", "export", Scope.OWN)

    with pytest.raises(EditConflict):
        allow(clinic, "agent", "customers.customer", "bin", Scope.OWN, seen=1)
    assert not role("agent").grants.filter(kind="customers.customer", action="bin")


@pytest.mark.parametrize(
    ("kind", "action", "scope"),
    [
        ("customers.customer", "fly", Scope.ALL),
        ("customers.unicorn", "view", Scope.ALL),
        ("organization.business", "manage", Scope.OWN),
    ],
)
def test_refuses_what_the_matrix_does_not_have(clinic, kind, action, scope):
    with pytest.raises(NoSuchRight):
        allow(clinic, "agent", kind, action, scope)


def test_the_role_of_the_owners_is_not_cut_down(clinic):
    with pytest.raises(OwnersHoldEverything):
        allow(clinic, "owner", "customers.customer", "view", Scope.NONE)
    with pytest.raises(OwnersHoldEverything):
        remove_role(by=clinic.actor("owner"), role=role("owner"))


def test_only_who_manages_roles_edits_them(clinic):
    for who in ("manager", "receptionist", "agent"):
        with pytest.raises(AccessDenied):
            allow(clinic, "agent", "customers.customer", "view", Scope.ALL, by=who)


@pytest.fixture
def lead(clinic):
    """A manager who may also edit roles, as far as his own rights go."""
    allow(clinic, "manager", "organization.role", "manage", Scope.ALL)
    return clinic


def test_nobody_gives_more_than_he_has(lead):
    allow(lead, "agent", "customers.customer", "view", Scope.BRANCH, by="manager")
    with pytest.raises(MoreThanYourOwn):
        allow(lead, "agent", "customers.customer", "view", Scope.ALL, by="manager")
    with pytest.raises(MoreThanYourOwn):
        give_clearance(
            by=lead.actor("manager"), role=role("agent"), seen=role("agent").version,
            classification=Classification.objects.get(key="health"),
        )  # fmt: skip
    with pytest.raises(BeyondOwnRights):  # not even taking away from who has more
        allow(lead, "dentist", "customers.customer", "view", Scope.NONE, by="manager")
    assert role("agent").grants.get(kind="customers.customer", action="view").scope == Scope.BRANCH


# ---- clearances


def test_a_clearance_is_given_and_taken(clinic):
    health = Classification.objects.get(key="health")
    boss = clinic.actor("owner")

    give_clearance(by=boss, role=role("receptionist"), classification=health, seen=1)
    assert "health" in clinic.actor("receptionist").clearances
    take_clearance(by=boss, role=role("receptionist"), classification=health, seen=2)
    assert "health" not in clinic.actor("receptionist").clearances

    with pytest.raises(EditConflict):
        give_clearance(by=boss, role=role("receptionist"), classification=health, seen=2)


def test_own_classifications_are_read_by_owners_at_once_and_by_others_when_cleared(clinic):
    one = add_classification(by=clinic.actor("owner"), labels={"he": "ועדה"})

    assert one.key in clinic.actor("owner").clearances
    assert one.key not in clinic.actor("manager").clearances
    assert one.key not in ("", "secret")


def test_a_classification_that_something_carries_stays(clinic):
    boss = clinic.actor("owner")
    one = add_classification(by=boss, labels={"en": "Board"})
    touch = Touch.objects.create(
        customer=clinic.customers["noa"], channel="note", classification=one.key,
        happened_at="2026-11-24T09:00Z",
    )  # fmt: skip
    with pytest.raises(ClassificationInUse):
        remove_classification(by=boss, classification=one)

    touch.delete()
    remove_classification(by=clinic.actor("owner"), classification=one)
    assert one.key not in clinic.actor("owner").clearances
    with pytest.raises(ClassificationInUse):
        remove_classification(by=boss, classification=Classification.objects.get(key="health"))


# ---- roles


def test_a_new_role_begins_like_another(clinic):
    made = add_role(
        by=clinic.actor("owner"), labels={"en": "Night desk"}, like=role("receptionist")
    )

    assert made.key == "night_desk"
    assign_role(by=clinic.actor("owner"), member=clinic.members["agent"], role=made)
    like, new = clinic.actor("receptionist"), clinic.actor("agent")
    assert (new.grants, new.clearances) == (like.grants, like.clearances)


def test_names_are_needed_and_not_shared(clinic):
    boss = clinic.actor("owner")
    with pytest.raises(NameMissing):
        add_role(by=boss, labels={"en": " "}, like=role("agent"))
    with pytest.raises(NameTaken):
        add_role(by=boss, labels={"he": "דלפק קבלה"}, like=role("agent"))
    assert add_role(by=boss, labels={"he": "לילה"}, like=role("agent")).key == "own"
    assert add_role(by=boss, labels={"he": "בוקר"}, like=role("agent")).key == "own_2"


def test_a_role_is_renamed_and_its_rights_stay(clinic):
    before = clinic.actor("agent").grants
    rename_role(by=clinic.actor("owner"), role=role("agent"), labels={"en": "Caller"})

    assert str(role("agent")) == "Caller"
    assert clinic.actor("agent").grants == before


def test_a_role_that_somebody_has_stays(clinic):
    boss = clinic.actor("owner")
    with pytest.raises(RoleInUse):
        remove_role(by=boss, role=role("agent"))

    remove_role(by=boss, role=role("hygienist"))
    assert not Role.objects.filter(key="hygienist").exists()


def test_goes_back_to_what_the_trade_began_with(clinic):
    boss = clinic.actor("owner")
    allow(clinic, "agent", "customers.customer", "view", Scope.ALL)
    health = Classification.objects.get(key="health")
    give_clearance(by=boss, role=role("agent"), classification=health, seen=2)

    restore_preset(by=boss, role=role("agent"), seen=3)

    preset = next(p for p in ROLES["clinic"] if p.key == "agent")
    actor = clinic.actor("agent")
    assert actor.scope("customers.customer", "view") == Scope.OWN
    assert actor.clearances == {"open", *preset.clearances}
    made = add_role(by=boss, labels={"en": "Night desk"}, like=role("agent"))
    with pytest.raises(NoPreset):
        restore_preset(by=boss, role=made, seen=1)


def test_no_row_of_clearance_is_doubled(clinic):
    contact = Classification.objects.get(key="contact")
    give_clearance(by=clinic.actor("owner"), role=role("agent"), classification=contact, seen=1)
    assert Clearance.objects.filter(role=role("agent"), classification=contact).count() == 1
