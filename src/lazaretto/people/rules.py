"""What the papers and words of a person say: documents, names, sex, dates, telephone numbers.

Pure functions. Nothing here guesses: a reading either follows for certain from what is written, or names the
reason why it does not, and always keeps the text it was given.
"""

from lazaretto.people.pinyin import initials
from lazaretto.people.reading.cells import CellIssue, CellReading, read_cells, without_ticks
from lazaretto.people.reading.countries import alpha3, country_code
from lazaretto.people.reading.dates import DateReading, read_date
from lazaretto.people.reading.documents import (
    BY_HAND,
    DocumentKind,
    DocumentReading,
    DocumentTrouble,
    Hints,
    IdCardFacts,
    id_card_check_digit,
    id_card_facts,
    kind_of_words,
    read_document,
    read_documents,
)
from lazaretto.people.reading.names import NameReading, has_han, read_name, tidy_name
from lazaretto.people.reading.phones import Phone, PhoneReading, read_phones
from lazaretto.people.reading.text import Sex, fold, is_nothing, read_sex

__all__ = [
    "BY_HAND",
    "CellIssue",
    "CellReading",
    "DateReading",
    "DocumentKind",
    "DocumentReading",
    "DocumentTrouble",
    "Hints",
    "IdCardFacts",
    "NameReading",
    "Phone",
    "PhoneReading",
    "Sex",
    "alpha3",
    "country_code",
    "fold",
    "has_han",
    "id_card_check_digit",
    "id_card_facts",
    "initials",
    "is_nothing",
    "kind_of_words",
    "read_cells",
    "read_date",
    "read_document",
    "read_documents",
    "read_name",
    "read_phones",
    "read_sex",
    "tidy_name",
    "without_ticks",
]
