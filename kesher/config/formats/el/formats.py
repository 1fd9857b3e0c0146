from kesher.config.formats.shared import *  # noqa: F403

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
MONTH_DAY_FORMAT = "j F"
YEAR_MONTH_FORMAT = "F Y"
FIRST_DAY_OF_WEEK = 1  # Django says Sunday; Greek weeks begin on Monday
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
