"""Months and days of dates, computed by the database in a form that an index can hold."""

from __future__ import annotations

from django.db.models import CharField, Func, IntegerField


class MonthDay(Func):
    """The day of the year as one number: 704 is the fourth of July of any year."""

    output_field = IntegerField()
    arity = 1

    def as_sqlite(self, compiler, connection, **context):
        template = (
            "(CAST(substr(%(expressions)s, 6, 2) AS INTEGER) * 100"
            " + CAST(substr(%(expressions)s, 9, 2) AS INTEGER))"
        )
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler, connection, **context):
        template = (
            "(EXTRACT(MONTH FROM %(expressions)s) * 100"
            " + EXTRACT(DAY FROM %(expressions)s))::integer"
        )
        return self.as_sql(compiler, connection, template=template, **context)


class YearMonth(Func):
    """The month that a date lies in, as 2026-07."""

    output_field = CharField()
    arity = 1

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="substr(%(expressions)s, 1, 7)", **context
        )

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="to_char(%(expressions)s, 'YYYY-MM')", **context
        )
