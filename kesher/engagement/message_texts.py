"""What Kesher writes to people, in three languages. A text has fields in braces, no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ACCESS = "access"  # carries a link that signs somebody in: its words are not kept once they left
SECURITY = "security"  # keeps an account safe: nobody can refuse it
SERVICE = "service"
MARKETING = "marketing"  # needs the customer's consent


@dataclass(frozen=True)
class Text:
    """One message in one language: paragraphs are parted by an empty line."""

    subject: str
    body: str
    button: str = ""


@dataclass(frozen=True)
class MessageTemplate:
    """A message that can be sent: its fields, and its text in each language."""

    name: str
    fields: frozenset[str]
    texts: Mapping[str, Text]
    purpose: str = SERVICE
    link: str = ""  # the field with the address that the button opens


def _template(name: str, fields: str, *, purpose: str = SERVICE, link: str = "", **texts: Text):
    return MessageTemplate(name, frozenset(fields.split()), texts, purpose, link)


def _notice(name: str, en: Text, he: Text, el: Text) -> MessageTemplate:
    """Something changed in how a member signs in; he should know at once if it was not he."""
    warning = {
        "en": "If this was not you, change your password and tell an owner of {business}.",
        "he": "אם זה לא בוצע על ידך, יש להחליף סיסמה ולפנות לבעלים של {business}.",
        "el": "Αν δεν το κάνατε εσείς, αλλάξτε κωδικό και ενημερώστε έναν ιδιοκτήτη: {business}.",
    }
    texts = {
        code: Text(text.subject, f"{text.body}\n\n{warning[code]}")
        for code, text in {"en": en, "he": he, "el": el}.items()
    }
    return _template(name, "name business", purpose=SECURITY, **texts)


_ALL = (
    _template(
        "invitation", "name business inviter link until", purpose=ACCESS, link="link",
        en=Text(
            "{inviter} invites you to {business}",
            "Hello {name},\n\n{inviter} has opened an account for you at {business}. "
            "Choose a password and you can begin.\n\nThe link works once, until {until}.",
            "Open my account",
        ),
        he=Text(
            "הזמנה מאת {inviter} אל {business}",
            "שלום {name},\n\nחשבון חדש נפתח עבורך ב־{business} על ידי {inviter}. "
            "נותר לבחור סיסמה ואפשר להתחיל.\n\nהקישור פועל פעם אחת, עד {until}.",
            "פתיחת החשבון",
        ),
        el=Text(
            "Πρόσκληση από {inviter}: {business}",
            "Γεια σας {name},\n\nΣας ανοίχτηκε λογαριασμός ({business}) από: {inviter}. "
            "Επιλέξτε κωδικό και μπορείτε να ξεκινήσετε.\n\n"
            "Ο σύνδεσμος ισχύει για μία φορά, έως {until}.",
            "Άνοιγμα λογαριασμού",
        ),
    ),
    _template(
        "password_reset", "name business link", purpose=ACCESS, link="link",
        en=Text(
            "Choose a new password for {business}",
            "Hello {name},\n\nSomebody asked for a new password for your account at {business}. "
            "If it was you, choose one here.\n\n"
            "If it was not you, nothing needs to be done: your password stays as it is.",
            "Choose a new password",
        ),
        he=Text(
            "בחירת סיסמה חדשה ל־{business}",
            "שלום {name},\n\nהתבקשה סיסמה חדשה לחשבון שלך ב־{business}. "
            "אם הבקשה שלך, אפשר לבחור סיסמה כאן.\n\n"
            "אם לא, אין צורך לעשות דבר: הסיסמה נשארת כפי שהיא.",
            "בחירת סיסמה חדשה",
        ),
        el=Text(
            "Νέος κωδικός για: {business}",
            "Γεια σας {name},\n\nΖητήθηκε νέος κωδικός για τον λογαριασμό σας ({business}). "
            "Αν το ζητήσατε εσείς, επιλέξτε τον εδώ.\n\n"
            "Αν όχι, δεν χρειάζεται να κάνετε τίποτα: ο κωδικός σας μένει όπως είναι.",
            "Επιλογή νέου κωδικού",
        ),
    ),
    _notice(
        "password_changed",
        Text("Your password was changed", "Hello {name},\n\nyour password was changed."),
        Text("הסיסמה הוחלפה", "שלום {name},\n\nהסיסמה שלך הוחלפה."),
        Text("Ο κωδικός σας άλλαξε", "Γεια σας {name},\n\nο κωδικός σας άλλαξε."),
    ),
    _notice(
        "second_step_added",
        Text("A second step was added", "Hello {name},\n\nsigning in now asks for a code "
             "from your authenticator app."),
        Text("נוסף שלב שני", "שלום {name},\n\nמעכשיו הכניסה דורשת גם קוד מאפליקציית האימות."),
        Text("Προστέθηκε δεύτερο βήμα", "Γεια σας {name},\n\nη σύνδεση ζητά πλέον και κωδικό από "
             "την εφαρμογή επαλήθευσης."),
    ),
    _notice(
        "second_step_removed",
        Text("The second step was removed", "Hello {name},\n\nsigning in no longer asks for a "
             "code from your authenticator app."),
        Text("השלב השני הוסר", "שלום {name},\n\nהכניסה כבר לא דורשת קוד מאפליקציית האימות."),
        Text("Το δεύτερο βήμα καταργήθηκε", "Γεια σας {name},\n\nη σύνδεση δεν ζητά πλέον κωδικό "
             "από την εφαρμογή επαλήθευσης."),
    ),
    _notice(
        "passkey_added",
        Text("A passkey was added", "Hello {name},\n\na passkey was added to your account."),
        Text("נוסף מפתח גישה", "שלום {name},\n\nנוסף מפתח גישה לחשבון שלך."),
        Text("Προστέθηκε κλειδί πρόσβασης", "Γεια σας {name},\n\nπροστέθηκε κλειδί πρόσβασης "
             "στον λογαριασμό σας."),
    ),
    _notice(
        "passkey_removed",
        Text("A passkey was removed", "Hello {name},\n\na passkey was removed from your account."),
        Text("הוסר מפתח גישה", "שלום {name},\n\nהוסר מפתח גישה מהחשבון שלך."),
        Text("Αφαιρέθηκε κλειδί πρόσβασης", "Γεια σας {name},\n\nαφαιρέθηκε κλειδί πρόσβασης "
             "από τον λογαριασμό σας."),
    ),
    _notice(
        "recovery_codes_made",
        Text("New recovery codes were made", "Hello {name},\n\nnew recovery codes were made. "
             "The old ones no longer work."),
        Text("נוצרו קודי שחזור חדשים", "שלום {name},\n\nנוצרו קודי שחזור חדשים. "
             "הקודים הקודמים אינם פועלים עוד."),
        Text("Νέοι κωδικοί ανάκτησης", "Γεια σας {name},\n\nδημιουργήθηκαν νέοι κωδικοί ανάκτησης. "
             "Οι προηγούμενοι δεν ισχύουν πια."),
    ),
    _template(
        "address_changed", "name business", purpose=SECURITY,
        en=Text(
            "Your sign-in address was changed",
            "Hello {name},\n\nyour account at {business} is now signed in to with another "
            "e-mail address.\n\nIf nobody agreed this with you, "
            "tell an owner of {business} at once.",
        ),
        he=Text(
            "כתובת הכניסה שלך הוחלפה",
            "שלום {name},\n\nמעכשיו הכניסה לחשבון שלך ב־{business} היא בכתובת דואר אלקטרוני אחרת."
            "\n\nאם הדבר לא תואם איתך, יש לפנות מיד לבעלים של {business}.",
        ),
        el=Text(
            "Η διεύθυνση σύνδεσής σας άλλαξε",
            "Γεια σας {name},\n\nη σύνδεση στον λογαριασμό σας ({business}) γίνεται πλέον με άλλη "
            "διεύθυνση e-mail.\n\nΑν αυτό δεν έγινε με τη συμφωνία σας, ενημερώστε αμέσως έναν "
            "ιδιοκτήτη: {business}.",
        ),
    ),
    _template(
        "emergency_opened", "name business who what", purpose=SECURITY,
        en=Text(
            "{who} opened “{what}” in an emergency",
            "Hello {name},\n\nat {business}, {who} opened for an hour what is kept of one customer "
            "under “{what}”, and gave a reason.\n\nWhose it is and why stands in Kesher, under "
            "Settings, Who read what. There you can close it again.",
        ),
        he=Text(
            "גישת חירום: {who}, “{what}”",
            "שלום {name},\n\nב־{business} נפתח לשעה, בגישת חירום של {who}, מידע בסיווג “{what}” "
            "של לקוח אחד, ונרשמה סיבה.\n\nשל מי המידע ומהי הסיבה רשום ב־Kesher, תחת הגדרות, "
            "מי קרא מה. שם אפשר גם לסגור את הגישה.",
        ),
        el=Text(
            "Έκτακτη πρόσβαση: {who}, «{what}»",
            "Γεια σας {name},\n\nανοίχτηκαν για μία ώρα με έκτακτη πρόσβαση ({business}, από: "
            "{who}) στοιχεία «{what}» ενός πελάτη και δηλώθηκε ο λόγος.\n\nΠοιου είναι και γιατί "
            "αναφέρεται στο Kesher: Ρυθμίσεις, Ποιος διάβασε τι. Εκεί μπορείτε και να το "
            "κλείσετε ξανά.",
        ),
    ),
    _template(
        "written", "subject text",
        en=Text("{subject}", "{text}"),
        he=Text("{subject}", "{text}"),
        el=Text("{subject}", "{text}"),
    ),
)  # fmt: skip
TEMPLATES = {template.name: template for template in _ALL}
