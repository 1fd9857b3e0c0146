from kesher.config.formats.shared import *  # noqa: F403

# Django's own Hebrew formats lack the input formats: 01/02/2026 was read as 2 January.
DATE_FORMAT = "j בF Y"
DATETIME_FORMAT = "j בF Y, H:i"
MONTH_DAY_FORMAT = "j בF"
YEAR_MONTH_FORMAT = "F Y"
FIRST_DAY_OF_WEEK = 0
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
