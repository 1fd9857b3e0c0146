"""The look: one stylesheet for both directions, readable colours, small parts that never break."""

import json
import re
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from kesher.core.access import MASK
from kesher.web import colour, moments, style
from kesher.web.initials import initials, tone
from kesher.web.templatetags import look

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "kesher/web/static/kesher"
TEMPLATES = sorted((ROOT / "kesher/web/templates").glob("**/*.html"))

sys.path.insert(0, str(FRONTEND))
import build  # noqa: E402  the build is a script, not a part of the product

JERUSALEM = "Asia/Jerusalem"
NOON = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # 12:00 in Jerusalem, a Sunday


def drawn(source: str, **context) -> str:
    return engines["django"].from_string("{% load look %}" + source).render(context)


def in_language(code: str):
    return translation.override(code)


# ---- the stylesheet

PHYSICAL = re.compile(
    r"(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![\w-])(?:left|right|top|bottom)\s*:"
    r"|(?<![\w-])(?:width|height|min-width|max-width|min-height|max-height)\s*:"
    r"|text-align:\s*(?:left|right)|float:\s*(?:left|right)"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
)


@pytest.mark.parametrize("sheet", sorted(FRONTEND.glob("css/*.css")), ids=lambda sheet: sheet.name)
def test_styles_name_no_side(sheet):
    rules = re.sub(
        r"@media[^{]+|@container[^{]+|/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.S
    )
    assert PHYSICAL.findall(rules) == []


def test_a_side_would_be_noticed():
    assert PHYSICAL.search("a { margin-left: 2px }")
    assert PHYSICAL.search("a{left:0}")
    assert not PHYSICAL.search("a { margin-inline-start: 2px; inline-size: 3px }")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_styles_and_no_scripts_of_their_own(template):
    markup = template.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|hx-vals=.js:", markup)
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)", markup)


def test_every_icon_in_use_is_in_the_sprite():
    assert build.icons_in_use()
    assert build.unknown_icons() == []


def test_the_built_files_keep_to_their_weight():
    weights = build.weights()
    assert {name: weight for name, weight in weights.items() if weight > build.LIMITS[name]} == {}
    assert set(weights) == set(build.LIMITS)


def test_the_built_files_are_those_of_the_sources():
    assert (BUILT / "app.css").read_bytes() == build.bundle(FRONTEND / "app.css")
    assert (BUILT / "app.js").read_bytes() == build.script()
    assert (BUILT / "icons.svg").read_bytes() == build.sprite()


# ---- colours

TOKEN = re.compile(
    r"--([\w-]+):\s*light-dark\(([^()]*(?:\([^()]*\))?),\s*([^()]*(?:\([^()]*\))?)\)"
)
GROUNDS = ("bg", "surface", "sunken")
PAIRS = [
    *((text, ground) for text in ("text", "text-2", "text-3", "brand") for ground in GROUNDS),
    *((text, f"{text}-soft") for text in ("brand", "ok", "warn", "bad", "plum")),
    *((text, "surface") for text in ("ok", "warn", "bad", "plum")),
    *(("text", f"{tint}-soft") for tint in ("brand", "ok", "warn", "bad", "plum")),
    *(("text-3", f"{tint}-soft") for tint in ("brand", "warn")),
    ("on-ink", "ink"),
    ("on-ink-link", "ink"),
]


def rgb(value: str) -> colour.Rgb:
    value = value.strip()
    if value.startswith("#"):
        full = "".join(part * 2 for part in value[1:4]) if len(value) < 7 else value[1:7]
        return colour.rgb_of(f"#{full}")
    lightness, chroma, hue = (float(part) for part in value[6:-1].split()[:3])
    return colour.rgb_from((lightness, chroma, hue))


def tokens() -> dict[str, tuple[colour.Rgb, colour.Rgb]]:
    source = (FRONTEND / "css/tokens.css").read_text("utf-8")
    return {name: (rgb(light), rgb(dark)) for name, light, dark in TOKEN.findall(source)}


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_in_both_themes(text, ground):
    known = tokens()
    for shade in (0, 1):
        assert colour.contrast(known[text][shade], known[ground][shade]) >= 4.5


@pytest.mark.parametrize("solid", ["brand-solid", "brand-press", "bad-solid", "bad-press"])
def test_white_can_be_read_on_solid_buttons(solid):
    assert min(colour.contrast(shade, colour.WHITE) for shade in tokens()[solid]) >= 4.5


def test_edges_of_controls_are_seen():
    known = tokens()
    for shade in (0, 1):
        assert colour.contrast(known["edge"][shade], known["surface"][shade]) >= 3


@pytest.mark.parametrize(
    "chosen",
    ["#ffcc00", "#00ff66", "#0b5fa5", "#d0021b", "#ffffff", "#000000", "#7f7f7f", "#9b59b6"],
)
def test_any_colour_of_a_business_becomes_a_readable_family(chosen):
    family = {name: tuple(map(colour.rgb_of, shades)) for name, shades in
              colour.brand_family(chosen).items()}  # fmt: skip
    assert set(family) == {"brand", "brand-solid", "brand-press", "brand-soft", "brand-line"}
    known = tokens()
    for shade in (0, 1):
        assert colour.contrast(family["brand-solid"][shade], colour.WHITE) >= 4.5
        assert colour.contrast(family["brand"][shade], family["brand-soft"][shade]) >= 4.5
        for ground in GROUNDS:
            assert colour.contrast(family["brand"][shade], known[ground][shade]) >= 4.5
        assert colour.contrast(known["text"][shade], family["brand-soft"][shade]) >= 4.5


def test_a_red_business_does_not_fill_its_pages_with_alarm():
    red, blue = colour.brand_family("#d0021b"), colour.brand_family("#0b5fa5")
    fills = [colour.lch_of(colour.rgb_of(family["brand-soft"][0])) for family in (red, blue)]
    assert fills[0][1] < 0.016 < fills[1][1]


def test_colours_come_back_from_where_they_went():
    for chosen in ("#0b5fa5", "#ffcc00", "#123456"):
        assert colour.hex_of(colour.rgb_from(colour.lch_of(colour.rgb_of(chosen)))) == chosen


@pytest.mark.parametrize("chosen", ["", "red", "#12", "#12345g", "#123456;}body{display:none"])
def test_what_is_no_colour_changes_nothing(chosen):
    assert colour.theme_css(chosen) == ""


def test_the_theme_is_kept_for_a_year_only_under_its_version():
    request = RequestFactory().get("/theme.css?v=3")
    request.business = type("Business", (), {"brand_colour": "#0b5fa5"})
    answer = style.theme_css(request)
    assert answer.content.startswith(b":root{--brand:light-dark(#")
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    request = RequestFactory().get("/theme.css")
    assert "Cache-Control" not in style.theme_css(request)


# ---- icons, keys, people


def test_an_icon_is_one_reference_and_silent():
    assert drawn('{% icon "phone" "s" %}') == (
        '<svg class="icon s" aria-hidden="true"><use href="/static/kesher/icons.svg#phone"/></svg>'
    )


def test_an_icon_alone_can_speak():
    assert '<span class="visually-hidden">&lt;b&gt;</span>' in drawn(
        '{% icon "lock" label=v %}', v="<b>"
    )


def test_only_what_points_along_the_line_turns_round():
    assert "flip" in drawn('{% icon "chevron-right" %}')
    assert "flip" not in drawn('{% icon "phone" %}{% icon "clock" %}')


def test_a_key_hint_is_silent_beside_its_button():
    assert drawn('{% kbd "n" %}') == '<kbd aria-hidden="true">N</kbd>'
    assert drawn('{% kbd "mod+k" spoken=True %}') == "<kbd><span data-mod>Ctrl</span> K</kbd>"
    assert drawn('{% kbd "+" %}') == '<kbd aria-hidden="true">+</kbd>'


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ronit Avrahami", "RA"), ("רונית אברהמי", "רא"), ("ד״ר דוד לוי", "דל"),
        ("Έλενα Άγγελου", "ΕΑ"), ("Orchard Toys Ltd", "OT"), ("Madonna", "M"), ("", ""),
        ("  -- ", ""), ("יעל בן־דוד", "יד"), ("3 Brothers", "3B"), ("<script>", "S"), ("Dr", "D"),
    ],
)  # fmt: skip
def test_initials_in_three_scripts(name, letters):
    assert initials(name) == letters


def test_a_person_keeps_the_same_tone():
    assert tone(7) == tone("7")
    assert len({tone(number) for number in range(40)}) == 5


def test_a_mark_without_a_name_shows_a_person():
    assert "icons.svg#user" in drawn('{% avatar "" %}')
    assert "רא" in drawn('{% avatar name "l" key=3 %}', name="רונית אברהמי")


# ---- numbers


@pytest.mark.parametrize(
    ("code", "source", "shown"),
    [
        ("en", "{{ v|money:'EUR' }}", '<bdi dir="ltr" class="num">€18,400</bdi>'),
        ("en", "{{ v|amount:'EUR' }}", '<bdi dir="ltr" class="num">€18,400.00</bdi>'),
        ("el", "{{ v|money:'EUR' }}", '<bdi dir="ltr" class="num">18.400\u00a0€</bdi>'),
        ("he", "{{ v|money:'ILS' }}",
         '<bdi dir="rtl" class="num nowrap"><bdi dir="ltr">18,400</bdi>\u00a0₪</bdi>'),
    ],
)  # fmt: skip
def test_amounts_as_each_language_writes_them(code, source, shown):
    with in_language(code):
        assert drawn(source, v=Decimal("18400")) == shown


def test_a_minus_stays_at_its_number_in_hebrew():
    with in_language("he"):
        assert '<bdi dir="ltr">−640.50</bdi>' in drawn("{{ v|money:'ILS' }}", v=Decimal("-640.50"))


def test_counts_mark_their_thousands():
    assert drawn("{{ v|count }}", v=48210) == '<bdi class="num">48,210</bdi>'
    with in_language("el"):
        assert "48.210" in drawn("{{ v|count }}", v=48210)


def test_a_phone_is_never_turned_round():
    assert drawn("{{ v|phone:'IL' }}", v="+972526473190") == (
        '<bdi dir="ltr" class="nowrap">052-647-3190</bdi>'
    )
    assert "+972" in drawn("{{ v|phone }}", v="+972526473190")
    assert 'href="tel:+972526473190"' in drawn("{% phone v link=True %}", v="+972526473190")


@pytest.mark.parametrize("name", ["phone:'IL'", "money:'ILS'", "count", "day", "moment", "ago"])
def test_what_the_reader_may_not_know_stays_hidden(name):
    assert MASK in drawn(f"{{{{ v|{name} }}}}", v=MASK)
    assert drawn(f"{{{{ v|{name} }}}}", v=None) == ""


# ---- times


@pytest.mark.parametrize(
    ("code", "near", "far", "old"),
    [
        ("en", "Today", "14 Apr", "9 Oct 2025"),
        ("he", None, "14.4", "9.10.2025"),
        ("el", None, "14 Απρ", "9 Οκτ 2025"),
    ],
)
def test_days_are_short_and_local(code, near, far, old):
    today = date(2026, 11, 22)
    with in_language(code):
        assert near is None or moments.day_text(today, today=today) == near
        assert moments.day_text(date(2026, 4, 14), today=today) == far
        assert moments.day_text(date(2025, 10, 9), today=today) == old


def test_the_day_is_that_of_the_business_not_of_the_server():
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # half past midnight in Jerusalem
    with timezone.override(JERUSALEM):
        assert moments.moment_text(late, now=NOON) == "Tomorrow 00:30"


def test_moments_of_this_week_name_the_day_of_the_week():
    with timezone.override(JERUSALEM):
        assert moments.moment_text(NOON + timedelta(days=4), now=NOON) == "Thu 26 Nov 12:00"
        assert moments.moment_text(NOON + timedelta(days=14), now=NOON) == "6 Dec 12:00"
        with in_language("he"):
            assert moments.moment_text(NOON + timedelta(days=4), now=NOON) == "ה׳ 26.11 12:00"


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(seconds=20), "just now"), (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=18), "18 minutes ago"), (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"), (-timedelta(hours=2), "in 2 hours"),
        (timedelta(days=200), "6 May"),
    ],
)  # fmt: skip
def test_how_long_ago(away, said):
    with timezone.override(JERUSALEM):
        assert moments.ago_text(NOON - away, now=NOON) == said


def test_long_days():
    with in_language("he"):
        assert moments.long_day_text(date(2026, 11, 22)) == "יום ראשון, 22 בנובמבר 2026"
    with in_language("el"):
        assert moments.long_day_text(date(2026, 11, 23)) == "Δευτέρα 23 Νοεμβρίου 2026"
    with in_language("en"):
        assert moments.long_day_text(date(2026, 11, 23)) == "Monday 23 November 2026"


def test_spans_do_not_repeat_the_month():
    today = date(2026, 11, 22)
    assert moments.day_span_text(date(2026, 12, 3), date(2026, 12, 9), today=today) == "3–9 Dec"
    across = moments.day_span_text(date(2026, 12, 30), date(2027, 1, 2), today=today)
    assert across == "30 Dec 2026 – 2 Jan 2027"


# ---- forms and empty places


class Letter(forms.Form):
    phone = forms.CharField(widget=forms.TextInput(attrs={"type": "tel"}), help_text="Digits")
    name = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(required=False)


def test_a_field_ties_its_label_hint_and_error_to_its_control():
    form = Letter({"phone": ""})
    markup = drawn("{% field form.phone %}", form=form)
    assert '<label class="form-label" for="id_phone">' in markup
    assert 'aria-describedby="id_phone_hint id_phone_error"' in markup
    assert 'aria-invalid="true"' in markup
    assert 'id="id_phone_hint"' in markup
    assert 'id="id_phone_error"' in markup
    assert 'dir="ltr"' in markup


def test_text_may_be_in_any_direction_and_choices_share_a_name():
    form = Letter()
    assert 'dir="auto"' in drawn("{% field form.name %}", form=form)
    choices = drawn("{% field form.kind %}", form=form)
    assert "<fieldset" in choices
    assert 'class="form-check-input"' in choices
    assert 'class="form-check-input"' in drawn("{% field form.agreed %}", form=form)


def test_an_empty_place_has_one_sentence_and_its_buttons():
    source = '{% empty "users" t x %}<a href="/new/">{{ name }}</a>{% endempty %}'
    markup = drawn(source, t="None & yet", x="Add one", name="<i>")
    assert "<h2>None &amp; yet</h2>" in markup
    assert '<a href="/new/">&lt;i&gt;</a>' in markup
    assert "wrap-f" not in drawn('{% empty "users" t "" %} {% endempty %}', t="None")


# ---- the frame


class Entry:
    name, label, icon, url, key, count, on = "today", "Today", "sun-high", "/", "t", 3, True


@pytest.mark.parametrize(("code", "direction"), [("en", "ltr"), ("he", "rtl"), ("el", "ltr")])
def test_the_frame_turns_with_the_language(code, direction):
    with in_language(code):
        page = render_to_string("base.html", {"nav": (Entry,), "csrf_token": "abc"})
    assert f'<html lang="{code}" dir="{direction}"' in page
    assert 'aria-current="page"' in page
    assert 'data-key="g t"' in page
    assert '<meta name="csrf-token" content="abc">' in page


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "refusal"])
def test_error_pages_need_nothing_from_the_request(name):
    page = render_to_string(f"{name}.html")
    assert page.count("<h1") == 1
    assert 'class="rail"' not in page


def content_of(page: str, meta: str) -> dict:
    raw = re.search(rf"""<meta name="{meta}" content=(["'])(.*?)\1>""", page)[2]
    return json.loads(raw.replace("&quot;", '"').replace("&#x27;", "'"))


def test_htmx_is_told_to_keep_nothing_and_run_nothing():
    settings = content_of(render_to_string("base.html"), "htmx-config")
    assert settings["allowEval"] is False
    assert settings["allowScriptTags"] is False
    assert settings["includeIndicatorStyles"] is False
    assert settings["selfRequestsOnly"] is True
    assert settings["historyCacheSize"] == 0
    handling = {rule["code"]: rule for rule in settings["responseHandling"]}
    assert handling["409|422"] == {"code": "409|422", "swap": True, "error": False}


def test_every_word_of_the_scripts_is_handed_to_them():
    handed = content_of(render_to_string("base.html"), "k-words")
    assert handed.keys() == look.WORDS.keys()
    scripts = "".join(path.read_text("utf-8") for path in FRONTEND.glob("js/*.js"))
    used = set(re.findall(r"""word\(["']([a-z_]+)["']""", scripts))
    used |= set(re.findall(r""":\s*["']([a-z_]+)["']""", scripts.split("SAYINGS", 1)[1][:120]))
    assert used - handed.keys() == set()


@pytest.mark.parametrize("chosen", ["dark", "light", "auto", '"><script>'])
def test_only_a_known_theme_reaches_the_page(chosen):
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = chosen
    page = engines["django"].from_string('{% extends "base.html" %}').render({}, request)
    assert ("data-theme=" in page.split("<head>")[0]) is (chosen in ("dark", "light"))


@pytest.mark.parametrize("code", ["en", "he", "el"])
def test_the_style_guide_shows_every_part_with_its_markup(code):
    with in_language(code):
        page = style.guide(RequestFactory().get("/style/")).content.decode()
    assert len(style.SPECIMENS) == len(set(re.findall(r'specimen" id="([a-z]+)"', page)))
    assert page.count("<pre") == len(style.SPECIMENS)
    assert "{% load" not in page
