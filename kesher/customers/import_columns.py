"""Which columns of a file say something of a customer, and under which headings they stand."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from babel import Locale
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.importing import values as cells
from kesher.core.importing.kinds import Column
from kesher.core.importing.refusals import NotAChoice, shown
from kesher.core.importing.values import Place, choice_of, day_between, many_of, text_of
from kesher.core.text import fold
from kesher.customers.models import Channel, Customer
from kesher.customers.points import Address, Reading, read_email, read_messenger, read_number
from kesher.customers.typed import LONGEST_ABOUT
from kesher.organization.fields import members_here
from kesher.organization.models import Branch, Language

Kind, Stage, Gender = Customer.Kind, Customer.Stage, Customer.Gender
EARLIEST = datetime.date(1850, 1, 1)
# Several numbers in one cell; a slash alone may set an extension apart.
BETWEEN_NUMBERS = r"\s:::\s|[;,\n|]|\s/\s|\s+(?:or|או|ή)\s+"
BETWEEN_WORDS = r"\s:::\s|[;,\n|]"
ALSO_CALLED = {"US": ("usa", "united states of america", "ארהב"), "GB": ("uk", "england", "אנגליה")}
# Street | city | postcode | country, and behind them how it was typed.
IN_PARTS = re.compile(r"([^|]*)\|([^|]*)\|([^|]*)\|\s*([A-Za-z]{2})?\s*(?:\|([^|]*))?")
AN_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
# Not nine figures at will: those may be identity numbers.
A_TELEPHONE = re.compile(r"(?:\+|00)[\d\s().-]{8,18}|0[\d\s().-]{8,13}|5\d{8}|69\d{8}|2\d{9}")

YES_AND_NO = {
    **dict.fromkeys(("yes", "y", "true", "1", "כן", "ναι"), True),
    **dict.fromkeys(("no", "n", "false", "0", "לא", "οχι"), False),
}
KINDS = {
    Kind.PERSON: ("individual", "private", "פרטי", "אדם", "ιδιώτης", "άτομο", "φυσικό πρόσωπο"),
    Kind.ORGANISATION: ("organization", "company", "business", "עסק", "חברה", "ארגון", "עסקי",
                        "εταιρεία", "επιχείρηση", "οργανισμός"),
    Kind.HOUSEHOLD: ("family", "משפחה", "משק בית", "οικογένεια", "νοικοκυριό"),
}  # fmt: skip
GENDERS = {
    Gender.FEMALE: ("woman", "w", "ms", "mrs", "נ", "נקבה", "אישה", "θ", "γ", "γυναίκα", "θήλυ"),
    Gender.MALE: ("man", "mr", "ז", "זכר", "גבר", "α", "άνδρας", "άντρας", "άρρεν"),
    "": ("unspecified", "unknown", "לא ידוע", "לא צוין", "άγνωστο", "απροσδιόριστο"),
}
LANGUAGES = {
    Language.HE: ("hebrew", "heb", "iw", "he-il", "εβραϊκά", "עברית"),
    Language.EL: ("greek", "gr", "el-gr", "יוונית", "ελληνικά"),
    Language.EN: ("english", "eng", "en-us", "en-gb", "אנגלית", "αγγλικά"),
}
CHANNELS = {
    Channel.PHONE: ("phone", "call", "tel", "שיחה", "τηλέφωνο"),
    Channel.EMAIL: ("mail", "email", "מייל", "אימייל"),
    Channel.SMS: ("text", "מסרון", "μήνυμα"),
    Channel.WHATSAPP: ("whats app", "wa", "וואטסאפ", "ווטסאפ"),
    Channel.LETTER: ("post", "מכתב", "דואר", "γράμμα"),
}


def _number(kind: str):
    def read(text: str, column: str, place: Place) -> Reading | None:
        return read_number(kind, text, place.country)

    return read


def _addresses(text: str, column: str, place: Place) -> list[str | Address]:
    """Whole addresses, a line for each; Google sets several apart by colons."""
    lines = [part.strip() for part in text.split(" ::: ")] if " ::: " in text else text.split("\n")
    return [
        Address(*(part.strip() for part in parts.groups("")))
        if (parts := IN_PARTS.fullmatch(line))
        else text_of(300)(line, column, place)
        for line in lines
        if line.strip()
    ]


def _tags(text: str, column: str, place: Place) -> list[str]:
    """Words; groups with a star are Google's own and say nothing of a customer."""
    words = many_of(text_of(60), BETWEEN_WORDS)(text, column, place)
    return [word for word in words if not word.startswith("* ")]


def _notes(text: str, column: str, place: Place) -> list[str]:
    """A note of any number of lines; files have several columns of them."""
    return [cells.long_text_of(LONGEST_ABOUT)(text, column, place)]


def _country(text: str, column: str, place: Place) -> str:
    """A country by its code of two letters or its name in any of our languages."""
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    code = _countries().get(fold(text))
    if code is None:
        raise NotAChoice(word=text, column=column, value=shown(text), choices="IL, GR, CY, US …")
    return code


def _archived(text: str, column: str, place: Place) -> datetime.datetime | None:
    """When a customer was put aside; a plain yes means today."""
    if fold(text) in YES_AND_NO:
        noon = datetime.time(12)
        is_yes = YES_AND_NO[fold(text)]
        return datetime.datetime.combine(place.today, noon, place.zone) if is_yes else None
    return cells.read_moment(text, column, place)


@cache
def _countries() -> dict[str, str]:
    names = {
        fold(name): code
        for language, _name in settings.LANGUAGES
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2
    }
    return names | {fold(one): code for code, also in ALSO_CALLED.items() for one in also}


def branches(actor: Actor) -> list[tuple[int, str]]:
    """The branches that customers may belong to."""
    rows = visible(actor, Branch).filter(closed_on=None).order_by("name")
    return list(rows.values_list("pk", "name"))


def _by_name(rows: Callable[[Actor], Sequence[tuple[int, str]]]) -> Any:
    """Choices as files say them: a file knows names, not numbers."""
    return lambda actor: [(name, name) for _pk, name in rows(actor)]


def _email(text: str, column: str, place: Place) -> Reading:
    return read_email(text)


def _messenger(text: str, column: str, place: Place) -> Reading:
    return read_messenger(text)


def _text(name: str) -> Any:
    return text_of(Customer._meta.get_field(name).max_length)


WHOLE_NAME = _("Name")


def names_whole(heading: str) -> bool:
    """Whether a heading is what we call the whole name in one of our languages."""
    words = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words.add(fold(str(WHOLE_NAME)))
    return fold(heading) in words


branches_by_name = _by_name(branches)
COLUMNS = (
    Column(
        name="reference", label=_("Customer number"), reads=_text("reference"),
        known_as=(
            "id", "no", "number", "customer id", "customer no", "customer code", "client id",
            "client number", "account number", "account no", "rec id", "record id", "code",
            "patient id", "patient number", "member id", "member number", "external id",
            "מספר לקוח", "מס לקוח", "קוד לקוח", "מזהה", "מזהה לקוח", "מספר", "קוד", "מספר מטופל",
            "מספר תיק", "מס מטופל", "מספר כרטיס", "κωδικός", "κωδικός πελάτη",
            "αριθμός πελάτη", "κωδ", "κωδ πελάτη", "αα", "αριθμός μητρώου",
        ),
    ),
    Column(
        name="first_name", label=_("First name"), reads=_text("first_name"),
        known_as=("given name", "forename", "firstname", "first", "שם פרטי", "פרטי", "όνομα",
                  "μικρό όνομα"),
    ),
    Column(
        name="middle_name", label=_("Middle name"), reads=_text("first_name"),
        known_as=("second name", "additional name", "שם אמצעי", "שם האב", "שם נוסף",
                  "μεσαίο όνομα", "πατρώνυμο"),
    ),
    Column(
        name="last_name", label=_("Family name"), reads=_text("last_name"),
        known_as=("last name", "surname", "lastname", "last", "שם משפחה", "משפחה", "επώνυμο",
                  "επίθετο"),
    ),
    Column(
        name="name", label=WHOLE_NAME, reads=_text("name"),
        known_as=("full name", "fullname", "customer name", "client name", "display name",
                  "customer", "client", "patient", "patient name", "contact", "contact name",
                  "שם", "שם מלא", "שם לקוח", "שם הלקוח", "לקוח", "שם מטופל", "איש קשר",
                  "ονοματεπώνυμο", "πλήρες όνομα", "πελάτης", "όνομα πελάτη", "επωνυμία"),
    ),
    Column(
        name="kind", label=_("Kind"), reads=choice_of(Kind.choices, KINDS),
        choices=lambda actor: Kind.choices,
        known_as=("type", "customer type", "client type", "סוג", "סוג לקוח", "τύπος",
                  "τύπος πελάτη", "είδος πελάτη"),
    ),
    Column(
        name="phone", label=_("Telephone"), is_many=True, looks_like=A_TELEPHONE,
        reads=many_of(_number("phone"), BETWEEN_NUMBERS),
        known_as=("phone", "mobile", "cell", "cellphone", "mobile phone", "cell phone", "tel",
                  "phone number", "telephone number", "phone value", "main phone",
                  "company main phone", "mobile number", "home phone", "work phone",
                  "business phone", "primary phone", "other phone", "contact number", "phones",
                  "טלפון", "נייד", "טלפון נייד", "סלולרי", "סלולארי", "פלאפון", "טל נייד", "טל בית",
                  "טלפון בבית", "טלפון בית",
                  "טלפון בעבודה", "טלפון נוסף", "מספר טלפון", "מספר נייד", "טל",
                  "τηλέφωνο", "κινητό", "κινητό τηλέφωνο", "σταθερό", "σταθερό τηλέφωνο", "τηλ",
                  "τηλέφωνο εργασίας", "τηλέφωνο οικίας", "αριθμός τηλεφώνου"),
    ),
    Column(
        name="email", label=_("E-mail"), is_many=True, looks_like=AN_EMAIL,
        reads=many_of(_email, r"\s:::\s|[;,\s|]"),
        known_as=("mail", "email", "email address", "e mail address", "emails", "primary email",
                  "e mail value", "email value",
                  "אימייל", "מייל", "דואל", "דואר אלקטרוני", "כתובת מייל", "כתובת אימייל",
                  "ηλεκτρονικό ταχυδρομείο", "ηλ ταχυδρομείο", "διεύθυνση email"),
    ),
    Column(
        name="fax", label=_("Fax"), is_many=True, reads=many_of(_number("fax"), BETWEEN_NUMBERS),
        known_as=("fax number", "business fax", "פקס", "מספר פקס", "φαξ"),
    ),
    Column(
        name="messenger", label=_("Messenger"), is_many=True,
        reads=many_of(_messenger, BETWEEN_WORDS), known_as=("telegram", "signal", "skype", "viber"),
    ),
    Column(
        name="company", label=_("Company"), reads=_text("name"),
        known_as=("organisation", "organization", "company name", "employer", "business name",
                  "organization name", "works at", "חברה", "ארגון", "שם חברה", "שם החברה",
                  "מקום עבודה", "מעסיק", "בית עסק", "εταιρεία", "εταιρία", "οργανισμός",
                  "επιχείρηση", "εργοδότης", "όνομα εταιρείας"),
    ),
    Column(
        name="household", label=_("Household"), reads=_text("name"),
        known_as=("family", "household name", "family unit", "משק בית", "בית אב", "שם משק הבית",
                  "νοικοκυριό", "οικογένεια"),
    ),
    Column(
        name="street", label=_("Street"), reads=text_of(160),
        known_as=("street address", "address 1", "address line 1", "street 1", "home street",
                  "business street", "address street", "רחוב", "רחוב ומספר", "שם רחוב", "οδός",
                  "οδός και αριθμός"),
    ),
    Column(
        name="house", label=_("House number"), reads=text_of(20),
        known_as=("house", "house no", "street number", "building number", "מס בית", "מספר בית",
                  "בית", "αριθμός οδού", "αρ οδού"),
    ),
    Column(
        name="address", label=_("Address"), is_many=True, reads=_addresses,
        known_as=("full address", "home address", "mailing address", "postal address",
                  "address formatted", "כתובת", "כתובת מלאה", "כתובת מגורים", "διεύθυνση",
                  "πλήρης διεύθυνση", "διεύθυνση κατοικίας"),
    ),
    Column(
        name="city", label=_("City"), reads=_text("city"),
        known_as=("town", "place", "locality", "home city", "business city", "address city",
                  "עיר", "ישוב", "יישוב", "πόλη",
                  "περιοχή", "δήμος"),
    ),
    Column(
        name="postcode", label=_("Postcode"), reads=text_of(16),
        known_as=("zip", "zip code", "postal code", "post code", "home postal code",
                  "business postal code", "address postal code", "מיקוד", "τκ", "ταχ κώδικας",
                  "ταχυδρομικός κώδικας"),
    ),
    Column(
        name="country", label=_("Country"), reads=_country,
        known_as=("country code", "country region", "home country region", "home country",
                  "business country region", "address country", "קוד מדינה", "ארץ", "מדינה",
                  "κωδικός χώρας"),
    ),
    Column(
        name="birth_on", label=_("Birthday"), is_day=True, reads=day_between(EARLIEST),
        known_as=("birth date", "date of birth", "dob", "birthdate", "born", "born on",
                  "תאריך לידה", "יום הולדת", "ת לידה", "ημερομηνία γέννησης", "ημ γέννησης",
                  "γενέθλια"),
    ),
    Column(
        name="gender", label=_("Gender"), reads=choice_of(Gender.choices, GENDERS),
        choices=lambda actor: Gender.choices,
        known_as=("sex", "מין", "מגדר", "φύλο"),
    ),
    Column(
        name="language", label=_("Language"), reads=choice_of(Language.choices, LANGUAGES),
        choices=lambda actor: Language.choices,
        known_as=("preferred language", "שפה", "שפה מועדפת", "γλώσσα"),
    ),
    Column(
        name="preferred_channel", label=_("Preferred channel"),
        reads=choice_of(Channel.choices, CHANNELS), choices=lambda actor: Channel.choices,
        known_as=("channel", "contact by", "ערוץ", "ערוץ מועדף", "κανάλι", "προτιμώμενο κανάλι"),
    ),
    Column(
        name="stage", label=_("Life stage"), reads=choice_of(Stage.choices, {}),
        choices=lambda actor: Stage.choices,
        known_as=("stage", "customer stage", "שלב", "στάδιο"),
    ),
    Column(
        name="since_on", label=_("Customer since"), is_day=True,
        reads=day_between(EARLIEST, 366),
        known_as=("since", "member since", "joined", "joined on", "join date", "לקוח מאז",
                  "תאריך הצטרפות", "πελάτης από", "ημερομηνία εγγραφής"),
    ),
    Column(
        name="archived", label=_("Archived"), reads=_archived,
        known_as=("archived on", "archive date", "בארכיון", "הועבר לארכיון", "αρχειοθετημένος"),
    ),
    Column(
        name="tags", label=_("Tags"), is_many=True, reads=_tags,
        known_as=("tag", "labels", "label", "groups", "categories", "group membership",
                  "תגיות", "תגית", "תוויות",
                  "קבוצות", "ετικέτες", "ετικέτα", "ομάδες"),
    ),
    Column(
        name="source", label=_("Source"), reads=text_of(80),
        known_as=("lead source", "referred by", "how did you hear", "מקור", "מקור הגעה", "πηγή",
                  "προέλευση"),
    ),
    Column(
        name="owner", label=_("Responsible"), reads=text_of(254), choices=_by_name(members_here),
        known_as=("owner", "account manager", "assigned to", "salesperson", "agent", "אחראי",
                  "מטפל", "איש מכירות", "υπεύθυνος", "πωλητής"),
    ),
    Column(
        name="branches", label=_("Branches"), is_many=True,
        reads=many_of(text_of(80), BETWEEN_WORDS), choices=branches_by_name,
        known_as=("branch", "location", "clinic", "store", "סניף", "סניפים", "מרפאה",
                  "υποκατάστημα", "υποκαταστήματα", "κατάστημα", "ιατρείο"),
    ),
    Column(
        name="about", label=_("Good to know"), is_many=True, reads=_notes,
        known_as=("note", "notes", "remark", "remarks", "memo", "internal notes", "general notes",
                  "additional info", "הערות כלליות", "הערות פנימיות", "מידע נוסף",
                  "γενικές σημειώσεις", "πρόσθετες πληροφορίες", "comment", "comments", "about",
                  "הערה", "הערות",
                  "σημειώσεις", "σημείωση", "σχόλια", "παρατηρήσεις"),
    ),
)  # fmt: skip
