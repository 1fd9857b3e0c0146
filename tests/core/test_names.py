"""Names meet across scripts."""

import pytest

from kesher.core.names import name_keys, name_words, skeletons, unmixed, word_keys
from kesher.core.text import words

SAME = """
יוסף כהן|Yosef Cohen
Joseph Kohen|יוסף כהן
חיים צדוק|Chaim Zadok
שמואל הורוביץ|Samuel Hurwitz
Χρήστος Χατζηγεωργίου|Hristos Hatzigeorgiou
Ευάγγελος Μπακογιάννης|Evangelos Bakoyannis
Θανάσης Ψαρράς|8anasis Psarras
Παπαδόπουλος|Papadopoulou
פפדופולוס|Παπαδόπουλος
נועה שלו|Noa Shalev
Άγγελος|Angelos
Ανδρέας|Andreas
Κωνσταντίνος|Konstantinos
Georgios|Γιώργος
Giannis|Γιάννης
Yannis|Γιάννης
Eugenia|Ευγενία
Evgenia|Ευγενία
ג'ון|John
לי|Lee
אלי|Eli
אנה|Anna
עידו|Ido
אורי|Uri
יעל|Yael
מאיה|Maya
חדד|Hadad
יהודה|Yehuda
גיא|Guy
צ'ארלס|Charles
שוורץ|Schwartz
Schwarz|שורץ
מיכאל|Michael
אברהם|Abraham
יצחק|Isaac
ירושלים|Jerusalem
בר־לב|Bar-Lev
Мария|מריה
محمد|Muhammad
Αnna|Άννα
ד"ר יוסף כהן|Yosef Cohen
""".strip().splitlines()
OTHER = """
נועה|Anna
Anna|Ioanna
יוסף|David
כהן|Levi
Παπαδόπουλος|Παπαδάκης
""".strip().splitlines()


def meet(first, second):
    """Whether each word of both names shares a key with its fellow."""
    pairs = zip(name_words(first), name_words(second), strict=True)
    return all(set(word_keys(a)) & set(word_keys(b)) for a, b in pairs)


@pytest.mark.parametrize("pair", SAME)
def test_the_same_name_meets_in_every_script(pair):
    assert meet(*pair.split("|"))


@pytest.mark.parametrize("pair", OTHER)
def test_other_names_do_not(pair):
    assert not meet(*pair.split("|"))


def test_alternatives_are_few_and_never_empty():
    for name in ("Konstantinos Hatzigeorgiou-Evangelidis", "x" * 500, "וווווווו"):
        for word in words(name):
            found = skeletons(word)
            assert len(found) <= 8
            assert all(found)


def test_titles_are_no_names_unless_they_are_all_there_is():
    assert name_words("Dr. Noa Levi") == ["noa", "levi"]
    assert name_words("Dr") == ["dr"]


def test_letters_of_two_alphabets_in_one_word_are_read_by_their_looks():
    assert unmixed("aννα") == "αννα"
    assert unmixed("anna") == "anna"


@pytest.mark.parametrize("odd", ["", "123", "😀", "中文", "-"])
def test_what_is_no_name_has_no_keys_and_raises_nothing(odd):
    assert isinstance(name_keys(odd), set)
