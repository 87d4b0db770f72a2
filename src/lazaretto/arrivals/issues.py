"""The words for every issue code, and what to do about each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LABELS: dict[str, tuple[Promise | str, Promise | str]] = {
    "id_checksum": (_("check digit wrong"), _("Compare the number with the document, digit by digit.")),
    "id_precision_lost": (
        _("number destroyed by Excel"),
        _("Excel keeps fifteen digits only; the last three are lost. Ask for the number."),
    ),
    "id_length": (_("number too short or too long"), _("An identity card has 18 digits (old ones 15).")),
    "id_impossible": (_("no such date or region in the number"), _("Compare the number with the document.")),
    "document_masked": (_("number masked"), _("Ask for the whole number.")),
    "document_invalid": (_("not a document number"), _("Enter the number from the document.")),
    "document_kind_conflict": (_("number does not fit the kind of document"), _("Say which document it is.")),
    "birth_date_conflict": (_("birth date contradicts the identity card"), _("One of the two is wrong; ask.")),
    "birth_date_ambiguous": (_("birth date can be read in two ways"), _("Enter year, month and day.")),
    "birth_date_invalid": (_("birth date cannot be read"), _("Enter year, month and day.")),
    "sex_conflict": (_("sex contradicts the identity card"), _("The number or the sex is wrong; ask.")),
    "sex_unknown": (_("sex cannot be read"), _("Ask the person.")),
    "duplicate_document": (
        _("same document more than once"),
        _("If it is one person twice, take one row and leave the other; else ask both for their document."),
    ),
    "duplicate_person": (_("same person more than once"), _("Leave this row out if it is a repetition.")),
    "name_missing": (_("no name"), _("Enter the name.")),
    "name_invalid": (_("not a name"), _("Enter the name as the document has it.")),
    "several_people_in_row": (_("several people in one row"), _("Give each person a row of their own.")),
    "exposure_date_invalid": (
        _("date of last exposure cannot be read"),
        _("The days of isolation are counted from it: ask."),
    ),
    "exposure_date_ahead": (
        _("date of last exposure lies ahead"),
        _("The days of isolation are counted from it: ask, and correct it."),
    ),
    "arrival_date_invalid": (_("date of arrival cannot be read"), _("It can be added at check-in.")),
    "phone_invalid": (_("telephone number cannot be dialled"), _("Ask for it at check-in.")),
    "no_document": (_("no document"), _("See the document at check-in.")),
    "category_unknown": (_("category not known"), _("The category of the whole list is taken.")),
    "household_on_two_sheets": (
        _("same household label on two sheets"),
        _("They are kept apart; put them together by hand if they are one family."),
    ),
    "hidden_sheet": (_("on a hidden sheet"), _("Say whether these people are meant.")),
    "unrecognised_line": (_("somebody outside the list"), _("Type the values in, or leave the line out.")),
    "document_of_another_name": (
        _("document belongs to somebody of another name"),
        _("Compare with the record of that person; one of the two is wrong."),
    ),
    "documents_of_two_people": (_("documents belong to two people"), _("Merge the two records first.")),
    "known_birth_date_differs": (_("known person with another birth date"), _("Compare with the record.")),
    "possibly_known": (_("probably known already"), _("Same name and birth date: say whether it is the same person.")),
    "already_in_care": (_("is in a site already"), _("Nobody is in two places; leave the row out or ask that site.")),
    "already_expected": (_("is on another list already"), _("Leave the row out, or strike the person off the other.")),
    "total_mismatch": (_("declared total does not match"), _("Ask the sending office who is missing or too many.")),
    "row_limit_reached": (_("sheet is full to its last row"), _("People behind the last row may be lost; ask.")),
    "damaged_text": (_("some characters are damaged"), _("Ask for the Excel file instead of the text.")),
    "quotes_ignored": (_("a quotation mark was never closed"), _("Look whether the columns are right.")),
    "no_table": (_("no list on this sheet"), _("Nothing was taken from it.")),
    "no_header": (_("no header"), _("The columns were guessed by their content; check them.")),
    "name_column_missing": (_("no column of names"), _("Choose which column holds the names.")),
    "no_people": (_("nobody in this file"), _("Check whether it is the right file.")),
}


def issue_label(code: str) -> Promise | str:
    """The short name of an issue."""
    return _LABELS.get(code, (code, ""))[0]


def issue_advice(code: str) -> Promise | str:
    """What to do about it."""
    return _LABELS.get(code, ("", ""))[1]


def issue_codes() -> list[str]:
    """Every code that has words."""
    return list(_LABELS)


_MENDS: dict[str, Promise | str] = {
    "spaces": _("spaces taken out"),
    "width_or_invisible": _("wide or invisible characters"),
    "dot": _("middle dot of the name"),
    "quotes": _("quotation marks taken off"),
    "label": _("words before the number taken off"),
    "lower_x": _("check digit X as a capital"),
    "lower_case": _("capital letters"),
    "fifteen_digits": _("old number of fifteen digits written out"),
    "letter_for_digit": _("letter in place of a digit; check digit and birth date agree"),
    "kind": _("kind of document follows from the number"),
    "several": _("several in one cell"),
    "title": _("title taken off"),
    "note": _("remark moved from the name"),
    "serial": _("Excel's day number"),
    "short_year": _("year written with two digits"),
    "republic": _("year of the Republic"),
    "numerals": _("Chinese numerals"),
    "column_order": _("order of day and month as in the rest of the column"),
    "year_added": _("year added: the day next to the date of the list"),
    "document": _("as the identity card says"),
}


def mend_label(reason: str) -> Promise | str:
    """What was mended."""
    return _MENDS.get(reason, reason)
