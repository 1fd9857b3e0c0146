"""What the invented clinic does and sells: the name in the ledger, the word in three languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """Something the clinic does: its name in the ledger, its usual price in shekels.

    Greek has a form for "for …" that differs where the word is masculine.
    """

    name: str
    price: int
    words: dict[str, str]
    heads: dict[str, str]  # as it begins a sentence


def _service(name: str, price: int, he: str, el: str, en: str) -> Service:
    head, _slash, aim = el.partition("/")
    head = head[0].upper() + head[1:]
    words = {"he": he, "el": aim or el, "en": en}
    # In both scripts, as a price list is printed that patients of several languages read.
    return Service(f"{he} / {name}", price, words, {"he": he, "el": head, "en": en.capitalize()})


SERVICES = {
    "checkup": _service(
        "Check-up", 180, "בדיקה תקופתית", "τακτικός έλεγχος/τακτικό έλεγχο", "a check-up"
    ),
    "hygiene": _service(
        "Hygienist cleaning",
        320,
        "ניקוי אבנית",
        "καθαρισμός δοντιών/καθαρισμό δοντιών",
        "a cleaning",
    ),
    "xray": _service("X-ray, single", 70, "צילום נקודתי", "ακτινογραφία", "an X-ray"),
    "panorama": _service(
        "Panoramic X-ray", 220, "צילום פנורמי", "πανοραμική ακτινογραφία", "a panoramic X-ray"
    ),
    "filling": _service("White filling, small", 380, "סתימה", "σφράγισμα", "a filling"),
    "large_filling": _service(
        "White filling, large", 560, "סתימה גדולה", "μεγάλο σφράγισμα", "a large filling"
    ),
    "root": _service("Root canal, front tooth", 1400, "טיפול שורש", "απονεύρωση", "a root canal"),
    "molar": _service(
        "Root canal, molar",
        2200,
        "טיפול שורש בטוחנת",
        "απονεύρωση γομφίου",
        "a root canal in a molar",
    ),
    "crown": _service(
        "Porcelain crown", 2900, "כתר חרסינה", "στεφάνη πορσελάνης", "a porcelain crown"
    ),
    "zirconia": _service(
        "Zirconia crown", 3400, "כתר זירקוניה", "στεφάνη ζιρκονίας", "a zirconia crown"
    ),
    "bridge": _service("Bridge, three units", 7800, "גשר", "γέφυρα", "a bridge"),
    "implant": _service("Implant", 5200, "שתל", "εμφύτευμα", "an implant"),
    "abutment": _service(
        "Implant abutment", 1600, "מבנה על השתל", "κολόβωμα εμφυτεύματος", "the abutment"
    ),
    "extraction": _service("Extraction", 450, "עקירה", "εξαγωγή", "an extraction"),
    "wisdom": _service(
        "Wisdom tooth removal", 1300, "עקירת שן בינה", "εξαγωγή φρονιμίτη", "a wisdom tooth"
    ),
    "whitening": _service("Whitening at the clinic", 1450, "הלבנה", "λεύκανση", "whitening"),
    "kit": _service(
        "Home whitening kit", 690, "ערכת הלבנה ביתית", "σετ λεύκανσης", "a whitening kit"
    ),
    "alignment": _service(
        "Orthodontic consultation",
        250,
        "ייעוץ יישור שיניים",
        "ορθοδοντική εκτίμηση",
        "an orthodontic consultation",
    ),
    "aligners": _service(
        "Clear aligners, monthly", 690, "יישור בקשתיות שקופות", "διαφανείς νάρθηκες", "the aligners"
    ),
    "braces": _service(
        "Braces, monthly",
        540,
        "ביקורת יישור שיניים",
        "έλεγχος σιδερακιών/έλεγχο σιδερακιών",
        "the braces",
    ),
    "sealing": _service(
        "Fissure sealing, child", 210, "איטום חריצים", "σφράγιση οπών", "a sealing"
    ),
    "fluoride": _service("Fluoride treatment", 120, "טיפול פלואוריד", "φθορίωση", "fluoride"),
    "guard": _service(
        "Night guard", 950, "סד לילה", "νάρθηκας νυκτός/νάρθηκα νυκτός", "a night guard"
    ),
    "denture": _service(
        "Partial denture", 3900, "תותבת חלקית", "μερική οδοντοστοιχία", "a partial denture"
    ),
    "brush": _service(
        "Electric toothbrush",
        349,
        "מברשת חשמלית",
        "ηλεκτρική οδοντόβουρτσα",
        "an electric toothbrush",
    ),
    "emergency": _service(
        "Emergency visit", 350, "ביקור דחוף", "έκτακτη επίσκεψη", "an emergency visit"
    ),
}

BIG = frozenset({"root", "molar", "crown", "zirconia", "bridge", "implant", "wisdom", "extraction"})
COURSES = (  # what treatments consist of, visit by visit
    ("xray", "filling"),
    ("xray", "large_filling"),
    ("emergency", "root", "crown"),
    ("emergency", "molar", "zirconia"),
    ("panorama", "extraction", "implant", "abutment", "zirconia"),
    ("panorama", "wisdom"),
    ("checkup", "bridge"),
    ("checkup", "guard"),
    ("checkup", "denture"),
    ("hygiene", "whitening", "kit"),
)
