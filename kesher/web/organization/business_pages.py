"""Settings of the business: its name and face, its country and money, its days off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import require_kind, visible
from kesher.core.files import opened, receive
from kesher.organization.commands.settings import (
    add_holiday,
    change_business,
    remove_holiday,
    remove_logo,
    set_logo,
    take_holidays,
)
from kesher.organization.countries import countries, currencies, time_zones
from kesher.organization.models import Branch, Business, Holiday, Language
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.web.organization.brand import brand_samples
from kesher.web.organization.frame import done, settings_page
from kesher.web.organization.saving import Form, day_input, save

SHOWN = ("name", "country", "currency", "time_zone", "week_start", "weekend", "language",
         "brand_colour")  # fmt: skip
YEAR = 365 * 24 * 3600


class BusinessForm(Form):
    """What holds for the whole business."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name of the business"), max_length=120)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=Language.choices,
        help_text=gettext_lazy("Customers are written to in it when theirs is not known."),
    )  # fmt: skip
    week_start = forms.TypedChoiceField(
        label=gettext_lazy("The week begins on"), coerce=int, choices=list(WEEKDAYS.items())
    )
    weekend = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekend"), coerce=int, choices=list(WEEKDAYS.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    brand_colour = forms.CharField(
        label=gettext_lazy("Colour of the business"), required=False, max_length=7,
        help_text=gettext_lazy("Kesher makes it lighter or darker until it can be read."),
    )  # fmt: skip

    def __init__(self, *args: Any, **named: Any):
        super().__init__(*args, **named)
        language = (get_language() or "en").split("-")[0]
        self.fields["country"].choices = countries(language)
        self.fields["currency"].choices = currencies(language)
        self.fields["time_zone"].choices = time_zones()
        first = self.initial.get("week_start", 0)
        days = [(first + day) % 7 for day in range(7)]
        self.fields["weekend"].choices = [(day, WEEKDAYS[day]) for day in days]


class HolidayForm(Form):
    """A day off of one's own."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=day_input())
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    branch = forms.ChoiceField(label=gettext_lazy("Branch"), required=False)

    def __init__(self, *args: Any, branches: list[tuple[Any, str]], **named: Any):
        super().__init__(*args, **named)
        self.fields["branch"].choices = [("", _("All branches")), *branches]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everything that can be set, as far as the role goes."""
    return settings_page(request, "organization/settings.html", "settings")


def business(request: HttpRequest) -> HttpResponse:
    """The business itself."""
    require_kind(request.actor, "manage", Business)
    held = request.business
    initial = {name: getattr(held, name) for name in SHOWN} | {"seen": held.version}
    form = BusinessForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen")
        if save(
            form,
            lambda: change_business(by=request.actor, business=held, values=values, seen=seen),
        ):
            return done(request, _("The settings are saved."), "settings-business")
    colour = form["brand_colour"].value() or ""
    return settings_page(
        request, "organization/business.html", "settings-business", form.status, form=form,
        held=held, samples=brand_samples(colour),
    )  # fmt: skip


@require_safe
def brand_preview(request: HttpRequest) -> HttpResponse:
    """How a colour would look, before it is saved."""
    require_kind(request.actor, "manage", Business)
    samples = brand_samples(request.GET.get("brand_colour", ""))
    return render(request, "organization/_brand_preview.html", {"samples": samples})


# ---- logo


@login_not_required
@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """The picture beside the name; its address changes with it, so it may be kept."""
    if request.business.logo is None:
        raise Http404
    answer = FileResponse(
        opened(request.business.logo), content_type=request.business.logo.content_type
    )
    answer["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


@require_POST
def logo_upload(request: HttpRequest) -> HttpResponse:
    """Put a new picture beside the name."""
    require_kind(request.actor, "manage", Business)
    handed = request.FILES.get("logo")
    if handed is None:
        return done(request, _("Choose a picture first."), "settings-business")
    picture = receive(handed.chunks(), handed.name)
    set_logo(by=request.actor, business=request.business, picture=picture)
    return done(request, _("The logo is in place."), "settings-business")


@require_POST
def logo_removal(request: HttpRequest) -> HttpResponse:
    """Go back to the name alone."""
    remove_logo(by=request.actor, business=request.business)
    return done(request, _("The logo is gone."), "settings-business")


# ---- holidays


@once_only
def holidays(request: HttpRequest) -> HttpResponse:
    """The days on which the business is closed."""
    require_kind(request.actor, "manage", Business)
    open_branches = visible(request.actor, Branch).filter(closed_on=None).order_by("name")
    form = HolidayForm(request.POST or None, branches=list(open_branches.values_list("pk", "name")))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["branch"]
        branch = found(request.actor, Branch, int(chosen)) if chosen else None
        given = {"day": form.cleaned_data["day"], "name": form.cleaned_data["name"]}
        if save(form, lambda: add_holiday(by=request.actor, branch=branch, **given)):
            return done(request, _("The day off is added."), "holidays")
    today = timezone.localdate()
    rows = visible(request.actor, Holiday).filter(day__gte=today.replace(month=1, day=1))
    return settings_page(
        request, "organization/holidays.html", "holidays", form.status, form=form, today=today,
        years=(today.year, today.year + 1),
        rows=rows.select_related("branch").order_by("day", "pk"),
    )  # fmt: skip


@require_POST
def holidays_taken(request: HttpRequest) -> HttpResponse:
    """Take over the public holidays of this year and the next."""
    year = timezone.localdate().year
    added = take_holidays(by=request.actor, business=request.business, years=(year, year + 1))
    said = ngettext("One day off was added.", "%(count)s days off were added.", added)
    return done(request, said % {"count": added}, "holidays")


@require_POST
def holiday_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Work on that day after all."""
    remove_holiday(by=request.actor, holiday=found(request.actor, Holiday, pk))
    return done(request, _("The day off is gone."), "holidays")
