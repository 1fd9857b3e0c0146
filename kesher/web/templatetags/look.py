"""Small parts that every page draws: icons, people, numbers, times, fields, empty places.

The style guide (/style/) shows each of them once with its markup. All output is escaped here, so
a template never needs `safe`.
"""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django import template
from django.conf import settings
from django.forms import BoundField
from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.core.access import MASK
from kesher.core.money import show_money
from kesher.core.phones import show_phone
from kesher.web import moments
from kesher.web.initials import initials, tone

register = template.Library()

# Those that point along the line of reading, and so turn round in Hebrew.
MIRRORED = frozenset(
    (
        "arrow-back-up", "arrow-left", "arrow-right", "chevron-left", "chevron-right", "login",
        "logout", "send",
    )
)  # fmt: skip
NUMBER = re.compile(r"[-−+]?\d[\d.,]*")
NON_BREAKING = "\u00a0"
NOTHING = SafeString("")
KEY_NAMES = {
    "mod": "Ctrl", "ctrl": "Ctrl", "shift": "⇧", "alt": "Alt", "enter": "⏎", "esc": "Esc",
    "space": "Space", "up": "↑", "down": "↓", "left": "←", "right": "→",
}  # fmt: skip

# What the scripts say; they hold no words of their own.
WORDS = {
    "offline": gettext_lazy("You are offline. What you typed stays here until you are back."),
    "online": gettext_lazy("You are back online."),
    "unreachable": gettext_lazy("No answer from Kesher. What you typed is still here."),
    "broken": gettext_lazy("Something broke on our side. What you typed is still here."),
    "forbidden": gettext_lazy("You do not have permission for this."),
    "gone": gettext_lazy("This is no longer there."),
    "slow_down": gettext_lazy("Too many requests. Wait a moment, then try again."),
    "signed_out": gettext_lazy("You are signed out. What you typed is still here."),
    "sign_in": gettext_lazy("Sign in"),
    "again": gettext_lazy("Try again"),
    "undo": gettext_lazy("Undo"),
    "close": gettext_lazy("Close"),
    "changed": gettext_lazy("This was changed meanwhile."),
    "show": gettext_lazy("Show"),
    "draft_saved": gettext_lazy("Draft saved"),
    "draft_waits": gettext_lazy("Draft not saved yet"),
    "saving": gettext_lazy("Saving…"),
    "copied": gettext_lazy("Copied"),
    "found": gettext_lazy("{count} results"),
    "selected": gettext_lazy("{count} selected"),
    "then": gettext_lazy("then"),
}


def hidden() -> SafeString:
    """What stands in the place of a value that the reader is not cleared for."""
    return format_html('<span class="dim" title="{}">{}</span>', _("No clearance"), MASK)


# ---- icons and keys


@lru_cache(maxsize=512)
def _icon(name: str, classes: str) -> SafeString:
    turned = " flip" if name in MIRRORED else ""
    look = f"icon {classes}".strip() + turned
    svg = '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>'
    return format_html(svg, look, static("kesher/icons.svg"), name)


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """An icon of frontend/icons.txt; with a label it speaks for itself, else words stand by it."""
    drawn = _icon(str(name), classes)
    if not label:
        return drawn
    return format_html('{}<span class="visually-hidden">{}</span>', drawn, label)


@register.simple_tag
@lru_cache(maxsize=256)
def kbd(keys: str, spoken: bool = False) -> SafeString:
    """A key hint: "n", "mod+k", "g c". Beside a button it is silent, aria-keyshortcuts speaks."""
    presses = format_html_join(" ", "{}", ((_press(press),) for press in keys.split()))
    if spoken:
        return format_html("<kbd>{}</kbd>", presses)
    return format_html('<kbd aria-hidden="true">{}</kbd>', presses)


def _press(press: str) -> SafeString:
    parts = [KEY_NAMES.get(part, part.upper()) for part in press.split("+")] or [press]
    if press.startswith("mod+"):
        return format_html("<span data-mod>{}</span> {}", parts[0], " ".join(parts[1:]))
    return format_html("{}", " ".join(parts) if press != "+" else "+")


# ---- people


@register.simple_tag
def avatar(name: object, size: str = "", key: object = None) -> SafeString:
    """Initials in a round mark; the same key (or name) always has the same tone."""
    letters = initials(str(name or ""))
    look = " ".join(part for part in ("av", tone(key or name) if letters else "", size) if part)
    inside = letters or _icon("user", "s")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', look, inside)


@register.simple_tag(takes_context=True)
def phone(context: template.Context, value: str, link: bool = False) -> SafeString:
    """A telephone number as the business's country writes it, never turned round."""
    return phone_in(value, _country(context), link=link)


@register.filter("phone")
def phone_filter(value: str, country: str = "") -> SafeString:
    """The same as a filter; without a country the international form."""
    return phone_in(value, country or "ZZ")


def phone_in(value: str, country: str, *, link: bool = False) -> SafeString:
    if not value:
        return NOTHING
    if value == MASK:
        return hidden()
    shown = show_phone(str(value), country).replace(" ", NON_BREAKING)
    if not link:
        return format_html('<bdi dir="ltr" class="nowrap">{}</bdi>', shown)
    return format_html('<a href="tel:{}"><bdi dir="ltr" class="nowrap">{}</bdi></a>', value, shown)


def _country(context: template.Context) -> str:
    business = context.get("business") or getattr(context.get("request"), "business", None)
    return getattr(business, "country", "") or "ZZ"


# ---- amounts


@register.filter
def money(value: object, currency: str) -> SafeString:
    """An amount without idle zeros: €18,400, €18,400.50."""
    return _amount(value, currency, whole=True)


@register.filter
def amount(value: object, currency: str) -> SafeString:
    """An amount with all its digits, for columns and documents: €18,400.00."""
    return _amount(value, currency, whole=False)


def _amount(value: object, currency: str, *, whole: bool) -> SafeString:
    if value is None or value == "":
        return NOTHING
    if value == MASK:
        return hidden()
    shown = show_money(Decimal(str(value)), str(currency), moments.language(), whole=whole)
    shown = shown.replace("-", "−").replace(" ", NON_BREAKING)
    digits = NUMBER.search(shown)
    if moments.language() != "he" or not digits:
        return format_html('<bdi dir="ltr" class="num">{}</bdi>', shown)
    # The sign of the currency stands after the number in the line of reading, the minus before it.
    number = format_html('<bdi dir="ltr">{}</bdi>', digits[0])
    before, after = shown[: digits.start()], shown[digits.end() :]
    return format_html('<bdi dir="rtl" class="num nowrap">{}{}{}</bdi>', before, number, after)


@register.filter
def count(value: object) -> SafeString:
    """A whole number with the thousands marked."""
    if not isinstance(value, int):
        return hidden() if value == MASK else format_html("{}", "" if value is None else value)
    mark = "." if moments.language() == "el" else ","
    return format_html('<bdi class="num">{}</bdi>', f"{value:,}".replace(",", mark))


# ---- times


def _time(value: date | datetime, shown: str, *, tip: str = "") -> SafeString:
    stamp = value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)
    title = format_html(' title="{}"', tip) if tip else ""
    return format_html('<time datetime="{}"{}>{}</time>', stamp, title, shown)


def _is_time(value: object) -> bool:
    return isinstance(value, date)


@register.filter
def day(value: date | datetime | None, form: str = "") -> SafeString:
    """A day: Today, 14 Apr, 9 Oct 2025; "full" always as 9 Oct 2025, "within" a sentence: today."""
    if not _is_time(value):
        return hidden() if value == MASK else NOTHING
    shown = moments.day_text(
        value, today=timezone.localdate(), in_full=form == "full", within=form == "within"
    )
    return _time(value, shown)


@register.filter
def long_day(value: date | datetime | None) -> SafeString:
    """A day for headings: Monday 23 November 2026."""
    return _time(value, moments.long_day_text(value)) if _is_time(value) else NOTHING


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A day with the clock: Today 08:12, Thu 26 Nov 10:30."""
    if not _is_time(value):
        return hidden() if value == MASK else NOTHING
    shown = moments.moment_text(value, now=timezone.now())
    tip = f"{moments.long_day_text(value)}, {moments.local_clock(value)}"
    return _time(value, shown, tip=tip)


@register.filter
def clock(value: datetime | None) -> SafeString:
    """The clock alone, 08:12."""
    if not isinstance(value, datetime):
        return NOTHING
    return format_html('<bdi dir="ltr">{}</bdi>', _time(value, moments.local_clock(value)))


@register.filter
def ago(value: datetime | None) -> SafeString:
    """How long ago: just now, 18 minutes ago; the tip says when exactly."""
    if not _is_time(value):
        return hidden() if value == MASK else NOTHING
    shown = moments.ago_text(value, now=timezone.now())
    tip = f"{moments.long_day_text(value)}, {moments.local_clock(value)}"
    return _time(value, shown, tip=tip)


# ---- forms


@register.simple_tag
def attributes(held: dict) -> str:
    """The attributes of a control, as Django's own template writes them: a fifth of the time."""
    return flatatt(held)


LTR_TYPES = frozenset({"email", "tel", "url", "password", "number"})


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, hint: str = "", label: str = "", **attributes: str) -> dict:
    """A field of a Django form: label, control, hint and errors, tied together for every reader."""
    kind = _kind(bound)
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    if kind not in ("check", "choices"):
        attrs.setdefault("class", "form-select" if kind == "select" else "form-control")
        attrs.setdefault("dir", _direction(bound))
    elif kind == "choices":
        bound.field.widget.attrs.setdefault("class", "form-check-input")
    else:
        attrs["class"] = f"form-check-input {attrs.get('class', '')}".strip()
    described = [f"{bound.id_for_label}_{part}" for part in ("hint", "error")]
    has = [bool(hint or bound.help_text), bool(bound.errors)]
    attrs["aria-describedby"] = " ".join(
        name for name, is_there in zip(described, has, strict=True) if is_there
    ) or None  # fmt: skip
    if bound.errors:
        attrs["aria-invalid"] = "true"
    kept = {name: value for name, value in attrs.items() if value is not None}
    return {
        "bound": bound,
        "id": bound.id_for_label,
        "is_required": bound.field.required,
        "errors": bound.errors,
        "kind": kind,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "control": bound.as_widget(attrs=kept) if kind != "choices" else None,
        "attrs": kept,
    }


def _kind(bound: BoundField) -> str:
    input_type = bound.widget_type
    kinds = {"checkbox": "check", "radioselect": "choices", "checkboxselectmultiple": "choices"}
    if input_type in kinds:
        return kinds[input_type]
    return "select" if "select" in input_type else "input"


def _direction(bound: BoundField) -> str | None:
    input_type = getattr(bound.field.widget, "input_type", "text")
    if input_type in LTR_TYPES:
        return "ltr"
    return "auto" if input_type in ("text", "search") or bound.widget_type == "textarea" else None


# ---- empty places


class EmptyNode(template.Node):
    def __init__(self, parts: list[template.base.FilterExpression], buttons: template.NodeList):
        self.parts = parts
        self.buttons = buttons

    def render(self, context: template.Context) -> str:
        values = [part.resolve(context) for part in self.parts]
        name, title, text, size = [*values, "", "", ""][:4]
        inside = {"icon": name, "title": title, "text": text, "size": size}
        buttons = self.buttons.render(context)
        inside["buttons"] = buttons if buttons.strip() else ""
        return template.loader.render_to_string("parts/empty.html", inside)


@register.tag
def empty(parser: template.base.Parser, token: template.base.Token) -> EmptyNode:
    """{% empty "users" title text %} buttons {% endempty %}: one sentence, one thing to do."""
    parts = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    if not 2 <= len(parts) <= 4:
        raise template.TemplateSyntaxError("empty takes an icon, a title, a text and a size")
    buttons = parser.parse(("endempty",))
    parser.delete_first_token()
    return EmptyNode(parts, buttons)


# ---- the frame


@register.simple_tag
def words() -> SafeString:
    """The scripts' words in the reader's language, as JSON for a meta element's content."""
    return format_html("{}", json.dumps({key: str(word) for key, word in WORDS.items()}))


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The reader's own choice, light or dark; empty follows the system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in ("light", "dark") else ""


@register.simple_tag(takes_context=True)
def standing(context: template.Context, name: str, given: str = "") -> object:
    """What a page hands in under a name, else what the request carries, else nothing."""
    handed = context.get(given or name)
    return handed or getattr(context.get("request"), name, None)


@register.simple_tag
def languages() -> list[tuple[str, str, str]]:
    """Code, own short name and own full name of each language."""
    short = {"en": "EN", "he": "עב", "el": "ΕΛ"}
    return [(code, short.get(code, code.upper()), name) for code, name in settings.LANGUAGES]
