"""Day before month in all our languages, with any separator, and the clock of 24 hours."""

DATE_INPUT_FORMATS = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d/%m/%y",
    "%d.%m.%y",
]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H.%M"]
DATETIME_INPUT_FORMATS = [
    f"{day}{between}{time}"
    for day in DATE_INPUT_FORMATS
    for between in (" ", "T")
    for time in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
]
TIME_FORMAT = "H:i"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
NUMBER_GROUPING = 3
