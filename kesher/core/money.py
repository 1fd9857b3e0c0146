"""Amounts of money: Decimal with a currency, shown as the reader's language writes them."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

LOCALES = {"he": "he_IL", "el": "el_GR", "en": "en_IE"}
MARKS = str.maketrans("", "", "\u200e\u200f")


def show_money(amount: Decimal, currency: str, language: str, *, whole: bool = False) -> str:
    """An amount as people write it, without direction marks: put it into a <bdi>."""
    locale = LOCALES.get(language.split("-")[0], "en_IE")
    pattern = None
    if whole and amount == amount.to_integral_value():
        pattern = "#,##0 ¤" if locale != "en_IE" else "¤#,##0"
    shown = format_currency(
        amount, currency, pattern, locale=locale, currency_digits=pattern is None
    )
    return shown.translate(MARKS)


def minor_digits(currency: str) -> int:
    """How many digits after the point the currency has."""
    return get_currency_precision(currency)
