"""What a product and its price may hold, and the price of today kept beside the product."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.catalog.models import Price, Product
from kesher.core.columns import column_named
from kesher.core.money import minor_digits
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.today import today_here

AT_ONCE = 400
LONGEST: int = column_named(Product, "name").max_length or 0
LONGEST_TEXT = 20_000
EARLIEST = datetime.date(1950, 1, 1)
LATEST = datetime.date(2100, 1, 1)
MOST = Decimal(10) ** 12
CENT = Decimal("0.01")


class ProductNameMissing(Refusal):
    """Nothing is sold without a name."""

    message = _("A product needs a name.")


class ProductNameTooLong(Refusal):
    """A name that does not fit."""

    message = _("The name of a product holds at most %(most)s characters.")


class ProductTextTooLong(Refusal):
    """A code, a unit or a description that does not fit."""

    message = _("At most %(most)s characters fit here.")


class ProductNameTaken(Refusal):
    """Two products of one name would be mistaken for each other."""

    message = _("There is a product called “%(name)s” already.")


class ProductCodeTaken(Refusal):
    """A code names one product."""

    message = _("The code “%(code)s” belongs to %(name)s.")


class PriceImpossible(Refusal):
    """An amount that nothing costs."""

    message = _("A price is not below nought and has at most %(digits)s digits after the point.")


class PriceDayImpossible(Refusal):
    """A day from which no price can count."""

    message = _("A price begins on a day after 1950 and before 2100.")


class PriceInOtherCurrency(Refusal):
    """Prices are kept in the currency of the business."""

    message = _("The price is in %(theirs)s; this business keeps its prices in %(ours)s.")


def checked_name(name: str) -> str:
    """The name without spare blanks, if it is one."""
    short = " ".join(clean(name).split())
    if not short:
        raise ProductNameMissing
    if len(short) > LONGEST:
        raise ProductNameTooLong(most=LONGEST)
    return short


def checked_line(column: str, text: str) -> str:
    """A code or a unit, if it fits."""
    short, most = " ".join(clean(text).split()), column_named(Product, column).max_length or 0
    if len(short) > most:
        raise ProductTextTooLong(most=most)
    return short


def checked_text(text: str) -> str:
    """A description, if it fits."""
    if len(text) > LONGEST_TEXT:
        raise ProductTextTooLong(most=LONGEST_TEXT)
    return clean(text)


def checked_amount(amount: Decimal, currency: str) -> Decimal:
    """The amount if something can cost it; never rounded behind anybody's back."""
    digits = min(minor_digits(currency), 2)
    is_whole = amount.is_finite() and amount == round(amount, digits)
    if not is_whole or not 0 <= amount < MOST:
        raise PriceImpossible(digits=digits)
    return amount.quantize(CENT)


def checked_day(day: datetime.date) -> datetime.date:
    """The day if a price can begin on it."""
    if not EARLIEST <= day < LATEST:
        raise PriceDayImpossible
    return day


def must_be_free(rows: Sequence[Product]) -> None:
    """Refuse names and codes that other products have, or that two of these share."""
    names, codes = [row.name for row in rows], [row.code for row in rows if row.code]
    own = [row.pk for row in rows if row.pk]
    others = Product.objects.exclude(pk__among=own)
    taken = others.filter(name__among=names).first()
    if taken:
        raise ProductNameTaken(name=taken.name)
    coded = others.filter(code__among=codes).first()
    if coded:
        raise ProductCodeTaken(code=coded.code, name=coded.name)
    if len(set(names)) < len(names):
        raise ProductNameTaken(name=next(one for one in names if names.count(one) > 1))
    if len(set(codes)) < len(codes):
        code = next(one for one in codes if codes.count(one) > 1)
        raise ProductCodeTaken(code=code, name=next(r.name for r in rows if r.code == code))


def price_key(day: datetime.date) -> str:
    """Under what name a change of a product tells of the price that begins on a day."""
    return f"price {day.isoformat()}"


def price_text(price: Price | None) -> str | None:
    """A price as a change of its product tells it."""
    return f"{price.amount} {price.currency}" if price else None


def price_of_day(product: Product, day: datetime.date) -> Price | None:
    """The price that begins on exactly this day."""
    return Price.objects.filter(product=product, valid_from=day).first()


def keep_todays_price(products: Iterable[Product]) -> None:
    """Have each product hold the price that counts today."""
    rows, today = list(products), today_here()
    for at in range(0, len(rows), AT_ONCE):
        some = rows[at : at + AT_ONCE]
        counts: dict[int, Price] = {}
        begun: QuerySet[Price] = Price.objects.filter(product__in=some, valid_from__lte=today)
        for price in begun.order_by("valid_from"):
            counts[price.product_id] = price
        for row in some:
            price = counts.get(row.pk)
            row.price, row.currency = (price.amount, price.currency) if price else (None, "")
        Product.objects.bulk_update(some, ["price", "currency"])
