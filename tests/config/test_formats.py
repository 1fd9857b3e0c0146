"""Dates and numbers as people of each language write them."""

from datetime import date, datetime

import pytest
from django import forms
from django.utils import formats, translation


@pytest.mark.parametrize("language", ["en", "he", "el"])
@pytest.mark.parametrize(
    "typed", ["01/02/2026", "1.2.2026", "01-02-2026", "2026-02-01", "1/2/26", "1.2.26"]
)
def test_the_first_of_february_is_read_in_every_language(language, typed):
    with translation.override(language):
        assert forms.DateField(localize=True).clean(typed) == date(2026, 2, 1)


@pytest.mark.parametrize("language", ["en", "he", "el"])
def test_the_twenty_second_is_no_month(language):
    with translation.override(language):
        assert forms.DateField().clean("22/11/2026") == date(2026, 11, 22)
        with pytest.raises(forms.ValidationError):
            forms.DateField().clean("11/22/2026")


@pytest.mark.parametrize("language", ["en", "he", "el"])
def test_the_clock_has_24_hours(language):
    with translation.override(language):
        assert formats.time_format(datetime(2026, 1, 1, 14, 5)) == "14:05"


@pytest.mark.parametrize(("language", "first"), [("he", 0), ("el", 1), ("en", 1)])
def test_the_week_begins_as_the_calendar_of_the_language_has_it(language, first):
    with translation.override(language):
        assert formats.get_format("FIRST_DAY_OF_WEEK") == first


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "1,234,567.5"), ("he", "1,234,567.5"), ("el", "1.234.567,5")],
)
def test_numbers_are_grouped(language, written):
    with translation.override(language):
        assert formats.number_format(1234567.5, use_l10n=True, force_grouping=True) == written
