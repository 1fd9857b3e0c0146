"""An address becomes a list and a list an address; what means nothing to a reader is left out."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.core.fields import kind_of
from kesher.core.filters import Term, ops_of
from kesher.organization.commands.views import save_view
from kesher.surface.lists.asking import ask_state
from kesher.surface.lists.rows import sheet_of
from kesher.web.lists.all_lists import LISTINGS, listing_named
from tests.surface.asked import TODAY, asked, names

quick = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def save(actor, query, **values):
    return save_view(by=actor, name="Mine", kind="customers", query=query, **values)


def test_a_bare_address_is_the_first_view(clinic):
    this = asked(clinic.actor("owner"))
    assert (this.view.key, this.is_modified, this.state) == ("all", False, "")


def test_a_view_is_shown_as_it_is_kept(clinic):
    this = asked(clinic.actor("owner"), "view=mine")
    assert this.terms == (Term("owner", "is", ("me",)),)
    assert (this.state, this.is_modified, this.query()) == ("owner=me", False, "view=mine")


def test_anything_more_replaces_what_the_view_holds(clinic):
    this = asked(clinic.actor("owner"), "view=mine&stage=new")
    assert this.terms == (Term("stage", "is", ("new",)),)
    assert (this.view.key, this.is_modified, this.query()) == ("mine", True, "view=mine&stage=new")


def test_a_view_without_its_last_filter_says_so(clinic):
    this = asked(clinic.actor("owner"), "view=mine").without("owner.is")
    again = asked(clinic.actor("owner"), this.query())
    assert this.query() == "view=mine&all=1"
    assert (again.terms, again.is_modified) == ((), True)


def test_an_unknown_view_is_no_view(clinic):
    this = asked(clinic.actor("owner"), "view=999&stage=new")
    assert (this.view, this.query()) == (None, "stage=new")


def test_a_view_that_names_what_its_reader_may_not_read_is_shown_without_it(clinic):
    view = save(
        clinic.actor("owner"), "birth_on.month=5&stage=prospect&cols=name,birth_on", is_shared=True
    )
    dentist, agent = clinic.actor("dentist"), clinic.actor("agent")
    assert asked(dentist, f"view={view.pk}").unread == ()
    seen = asked(agent, f"view={view.pk}")
    assert seen.terms == (Term("stage", "is", ("prospect",)),)
    assert seen.columns == ("name",)
    assert seen.unread == ("birth_on.month", "birth_on")
    assert not seen.is_modified


def test_values_of_one_filter_gather_and_go_one_by_one(clinic):
    this = asked(clinic.actor("owner"), "stage=new")
    both = this.with_term(Term("stage", "is", ("left",)))
    assert both.query() == "stage=new&stage=left"
    assert both.without("stage.is", "new").query() == "stage=left"
    assert both.without("stage.is").terms == ()


def test_sorting_again_turns_round(clinic):
    this = asked(clinic.actor("owner"))
    assert this.sorted_by("city").query() == "view=all&sort=city"
    assert this.sorted_by("city").sorted_by("city").query() == "view=all&sort=-city"
    assert this.sorted_by("name").query() == "view=all&sort=-name"


def test_columns_keep_the_first_and_their_order(clinic):
    this = asked(clinic.actor("owner")).with_columns(["city", "stage", "name"])
    assert asked(clinic.actor("owner"), this.query()).columns == ("name", "city", "stage")


@pytest.mark.parametrize(
    ("query", "unread"),
    [
        ("sort=phone", ("sort=phone",)), ("sort=nonsense", ("sort=nonsense",)),
        ("cols=name,wish,nonsense", ("wish", "nonsense")), ("group=phone", ("phone",)),
        ("group=stage&group2=nonsense", ("nonsense",)), ("stage=unheard", ("stage.is",)),
        ("since_on.after=soon", ("since_on.after",)), ("utm_source=x", ("utm_source",)),
        ("STAGE=new", ("STAGE",)), ("stage.", ("stage.",)), ("stage=", ("stage",)),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_and_left_out(clinic, query, unread):
    this = asked(clinic.actor("owner"), query)
    assert this.unread == unread
    assert len(names(clinic.actor("owner"), query)) == 4


@pytest.mark.parametrize("who", ["agent", "receptionist"])
@pytest.mark.parametrize("form", ["{}=1", "sort={}", "cols={}", "group={}", "{}.empty=no"])
def test_a_hidden_field_is_answered_like_one_that_does_not_exist(clinic, who, form):
    actor = clinic.actor(who)
    hidden = [
        n for n in kind_of("customers").fields if n not in listing_named("customers").fields(actor)
    ]
    assert hidden
    for name in hidden:
        told = [asked(actor, form.format(field)) for field in (name, "nosuchfield")]
        assert told[0].pairs() == told[1].pairs()
        assert [u.replace(name, "F") for u in told[0].unread] == [
            u.replace("nosuchfield", "F") for u in told[1].unread
        ]


def pairs(listing):
    fields = listing.kind.fields
    keys = st.sampled_from([f"{n}.{op}" for n, one in fields.items() for op in ops_of(one)])
    others = st.sampled_from(["sort", "cols", "q", "after", "group", "group2", "view", "peek", "x"])
    text = st.text(max_size=20)
    values = text | st.sampled_from([*fields, *(f"-{n}" for n in fields), "me", "7d", "1", "no"])
    return st.lists(st.tuples(keys | others | text, values), max_size=8)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
@given(data=st.data())
@quick
def test_any_address_is_a_list_and_says_the_same_again(clinic, listing, data):
    actor = clinic.actor("owner")
    given_pairs = data.draw(pairs(listing))
    from kesher.surface.lists.asking import ask
    from kesher.surface.lists.views import shown_views

    views = shown_views(listing, actor)
    this = ask(listing, actor, given_pairs, today=TODAY, views=views)
    sheet_of(this, actor, today=TODAY)
    again = ask(listing, actor, parse_qsl(this.query()), today=TODAY, views=views)
    assert again.pairs() == this.pairs()
    assert again.unread == () or this.text
    assert ask_state(listing, actor, this.state, today=TODAY).pairs() == this.pairs()
