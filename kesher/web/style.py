"""The style guide, and the stylesheet that carries a business's own colours."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kesher.web import colour

ICONS = Path(__file__).parents[2] / "frontend" / "icons.txt"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Specimen:
    """One component: shown, and its markup beneath it."""

    name: str
    title: Any

    @property
    def template(self) -> str:
        return f"style/_{self.name}.html"

    @property
    def markup(self) -> str:
        source = get_template(self.template).template.source
        return source.partition("%}\n")[2] if source.startswith("{% load") else source


SPECIMENS = (
    Specimen("colours", gettext_lazy("Colours")),
    Specimen("type", gettext_lazy("Type")),
    Specimen("buttons", gettext_lazy("Buttons")),
    Specimen("menus", gettext_lazy("Menus and tabs")),
    Specimen("badges", gettext_lazy("Badges and people")),
    Specimen("numbers", gettext_lazy("Numbers, times, phones")),
    Specimen("form", gettext_lazy("Form")),
    Specimen("choices", gettext_lazy("Choices")),
    Specimen("cards", gettext_lazy("Cards and lines")),
    Specimen("figures", gettext_lazy("Figures")),
    Specimen("header", gettext_lazy("The five answers")),
    Specimen("composer", gettext_lazy("Composer")),
    Specimen("timeline", gettext_lazy("Timeline")),
    Specimen("list", gettext_lazy("List with peek")),
    Specimen("messages", gettext_lazy("Undo and messages")),
    Specimen("clash", gettext_lazy("Two at once")),
    Specimen("job", gettext_lazy("A long job")),
    Specimen("empty", gettext_lazy("Empty places")),
    Specimen("palette", gettext_lazy("Palette")),
    Specimen("dialog", gettext_lazy("Dialog")),
    Specimen("print", gettext_lazy("Print")),
    Specimen("icons", gettext_lazy("Icons")),
)


class SampleForm(forms.Form):
    """A form with one of each, two of them wrong."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    mobile = forms.CharField(
        label=gettext_lazy("Mobile"), widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"})
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    channel = forms.ChoiceField(
        label=gettext_lazy("Preferred channel"),
        help_text=gettext_lazy("Used for reminders first."),
        choices=(("whatsapp", "WhatsApp"), ("phone", gettext_lazy("Phone"))),
    )
    since = forms.DateField(
        label=gettext_lazy("Customer since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_shared = forms.BooleanField(label=gettext_lazy("Shared with the household"), required=False)
    branch = forms.ChoiceField(
        label=gettext_lazy("Branch"),
        widget=forms.RadioSelect,
        choices=(("1", gettext_lazy("Carmel")), ("2", gettext_lazy("Centre"))),
        initial="1",
    )


def sample_form() -> SampleForm:
    typed = {"name": "רונית אברהמי", "mobile": "052-647-31", "channel": "whatsapp", "branch": "1"}
    form = SampleForm({f"sample-{key}": value for key, value in typed.items()}, prefix="sample")
    form.add_error("mobile", _("One digit is missing. Example: 052-647-3190"))
    return form


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Every component once, in the chosen language, with its markup."""
    now = timezone.now()
    samples = {
        "specimens": SPECIMENS,
        "form": sample_form(),
        "icons": icon_names(),
        "now": now,
        "earlier": now - timedelta(minutes=18),
        "tomorrow": now + timedelta(days=1),
        "last_year": now - timedelta(days=400),
        "worth": Decimal("18400"),
        "owed": Decimal("-640.50"),
        "people": ["דנה מזרחי"],
        "clashes": [
            SimpleNamespace(field="street", label=_("Street"), by="דנה מזרחי",
                            theirs="מוריה 48", mine="מוריה 84"),
        ],
        "job": SimpleNamespace(id="sample", title="contacts.xlsx", done=62_400, total=100_000,
                               rate=4_800, seconds_left=8, state="running",
                               note=_("14 rows need a look.")),
    }  # fmt: skip
    return render(request, "style.html", samples)


def icon_names() -> list[str]:
    lines = ICONS.read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@login_not_required
def theme_css(request: HttpRequest) -> HttpResponse:
    """The business's colours; its address carries a version, so a browser may keep it a year."""
    business = getattr(request, "business", None)
    css = colour.theme_css(getattr(business, "brand_colour", "") or "")
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    if "v" in request.GET:
        response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
