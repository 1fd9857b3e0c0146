import codecs

import pytest

from kesher.core.importing.decoding import encoding_named, guess_encoding
from kesher.core.importing.refusals import EncodingUnknown, FileIsNotText

HEBREW = "שם פרטי,שם משפחה,עיר\nיוסף,כהן,חיפה\nנועה,שלו,תל אביב\n"
GREEK = "Όνομα,Επώνυμο,Πόλη\nΕλένη,Μάρκου,Αθήνα\nΓιώργος,Παπαδόπουλος,Πάτρα\n"
CAPITALS = "ΟΝΟΜΑ,ΕΠΩΝΥΜΟ\nΕΛΕΝΗ,ΜΑΡΚΟΥ\n"
WESTERN = "name,city\nJosé Nuñez,Köln\nChloé,Zürich\n"
PLAIN = "name,city\nDana,Haifa\n"


@pytest.mark.parametrize("text", [HEBREW, GREEK, CAPITALS, WESTERN, PLAIN])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_known_for_what_it_is(text, encoding):
    if encoding.endswith(("le", "be")) and text is not PLAIN:
        text = PLAIN + text  # without a mark it is told by the Latin letters in it
    written = text.encode(encoding)

    assert written.decode(guess_encoding(written, "IL")) == text


@pytest.mark.parametrize(
    ("text", "written", "country", "expected"),
    [
        (HEBREW, "windows-1255", "IL", "windows-1255"),
        (HEBREW, "iso-8859-8", "IL", "windows-1255"),
        (HEBREW, "windows-1255", "GR", "windows-1253"),  # nothing tells, so the country decides
        (GREEK, "windows-1253", "IL", "windows-1253"),
        (GREEK, "windows-1253", "GR", "windows-1253"),
        (CAPITALS, "iso-8859-7", "IL", "windows-1253"),
        (WESTERN, "windows-1252", "IL", "windows-1252"),
        (WESTERN, "windows-1252", "GR", "windows-1252"),
    ],
)
def test_old_encodings_are_told_apart_by_their_letters(text, written, country, expected):
    found = guess_encoding(text.encode(written), country)

    assert found == expected
    if country == "IL" or text is not HEBREW:
        assert text.encode(written).decode(found) == text


def test_a_letter_cut_by_the_end_of_the_sample_spoils_nothing():
    written = (HEBREW * 30_000).encode()

    for end in range(1 << 20, (1 << 20) + 4):
        assert guess_encoding(written[: 1 << 20][:end], "IL") == "utf-8-sig"


def test_few_damaged_letters_do_not_make_it_another_encoding():
    written = HEBREW.encode() * 5 + b"dam\xe9aged\n"

    assert guess_encoding(written, "IL") == "utf-8-sig"


def test_surrogates_written_as_utf8_are_damage_of_utf8():
    assert guess_encoding(b"name\nDa\xed\xa0\x80na\n", "IL") == "utf-8-sig"


@pytest.mark.parametrize(
    "sample",
    [
        b"%PDF-1.7\n%\xe2\xe3", b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0..JFIF", b"\x1f\x8b\x08....",
        b"SQLite format 3\x00....", bytes(range(256)) * 20, b"\x00" * 500, b"\x7fELF\x02\x01",
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused(sample):
    with pytest.raises(FileIsNotText):
        guess_encoding(sample, "IL")


def test_an_encoding_can_be_said():
    assert encoding_named("UTF8") == "utf-8-sig"
    assert codecs.lookup(encoding_named("cp1255")).name == "cp1255"
    with pytest.raises(EncodingUnknown):
        encoding_named("klingon")
