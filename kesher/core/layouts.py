"""Text typed with the keyboard in another language: "hux;" is יוסף on the same keys."""

EN = "qwertyuiopasdfghjkl;zxcvbnm,./'"
HE = "/'קראטוןםפשדגכעיחלךףזסבהנמצתץ.,"
EL = ";ςερτυθιοπασδφγηξκλ΄ζχψωβνμ,./'"


def _table(keys: str, shown: str) -> dict[int, str]:
    return {ord(a): b for a, b in zip(keys, shown, strict=True)}


TABLES = (
    _table(EN, HE),
    _table(EN, EL),
    _table(HE, EN),
    _table(EL, EN),
)


def other_readings(text: str) -> list[str]:
    """The same keys read in the other layouts, without those that change nothing."""
    lower = text.lower()
    readings = [lower.translate(table) for table in TABLES]
    return [reading for reading in dict.fromkeys(readings) if reading != lower]
