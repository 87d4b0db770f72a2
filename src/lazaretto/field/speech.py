"""Every word of the phone's page, in all languages at once: the switch works without a network."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.screening.choices import Reason

WORDS = {
    # the frame
    "toSend": pgettext_lazy("scans on the phone", "to send"),
    "lastSync": _("sent"),
    "never": _("never"),
    "offline": _("no network"),
    "tableN": _("Table {n}"),
    "close": _("Close"),
    "more": _("More"),
    "language": "中文 / English",
    "theme": _("Light or dark"),
    "loading": _("One moment …"),
    # enrolling
    "enrolTitle": _("This phone is not enrolled"),
    "enrolText": _("Scan the code that the point shows with the phone's camera. It is good for a quarter of an hour."),
    "enrolPaste": _("Or paste the link here"),
    "enrolGo": _("Enrol"),
    "enrolling": _("Fetching the roster …"),
    "enrolFailed": _("It did not work: {words}"),
    "enrolNoNetwork": _("There is no network. The first time needs one; after that none for days."),
    "insecure": _("This address is not secure (https). A browser keeps nothing encrypted and opens no camera on it."),
    "noStore": _("This browser keeps nothing (private window?). Open it in an ordinary window."),
    # the tube
    "noTube": _("No tube in hand"),
    "noTubeHint": _("Scan a tube to begin"),
    "tubeOf": _("{n} of {of}"),
    "input": _("Tube, ID card, initials"),
    "enter": pgettext_lazy("button", "Enter"),
    "camera": _("Camera"),
    "cameraFailed": _("No camera: {words}. Type, or use a scanner."),
    "torch": _("Light"),
    "undo": _("Undo"),
    "measure": "℃",
    "measureLabel": _("Temperature"),
    "seal": _("Seal tube"),
    "stranger": _("Not on the list"),
    "done": _("tested"),
    "here": _("Tested here"),
    "expected": _("On the roster"),
    "places": _("Places of the tube"),
    "found": _("People found"),
    # said after a scan
    "ready": _("Scan a tube, then people."),
    "nothing": _("Nothing to do."),
    "tubeOpen": _("Tube {code}: scan up to {of} people."),
    "tubeInHand": _("Tube {code} is in hand already. Scan people."),
    "tubeUsed": _("TUBE {code} WAS USED BEFORE. Take a new one."),
    "tubeUsedThere": _("TUBE {code} WAS USED AT TABLE {table}. Take a new one."),
    "sealFirst": _("Tube {old} has {n} of {of}. Scan {code} again to seal the old one and go on with it."),
    "counted": _("{name} is in place {n} of {of}."),
    "countedFull": _("{name} is in place {n}. THE TUBE IS FULL: seal it, or scan the next one."),
    "tubeFirst": _("{name}: now scan the tube."),
    "tubeFull": _("THE TUBE IS FULL ({of}). Scan a new one for {name}."),
    "testedBefore": _("{name} WAS TESTED BEFORE, in tube {tube}. Not counted again."),
    "testedThere": _("{name} WAS TESTED AT TABLE {table}. Not counted again."),
    "insist": _("Swabbed again: count it"),
    "sealed": _("Tube {code} is sealed with {n}."),
    "nothingToSeal": _("No tube with anybody in it."),
    "undone": _("{name} is taken out again."),
    "tubeAway": _("Tube {code} is put away, empty."),
    "nothingToUndo": _("Nothing to undo. A sealed tube stays sealed."),
    "forgotten": _("Forgotten. Go on."),
    "misread": _("NOT READ RIGHT: the check digit of this ID number is wrong. Scan it again."),
    "wrongRound": _("WRONG ROUND: this code is of another round of testing."),
    "notListed": _("Not on the list of this point. They are tested too."),
    "cardUnknown": _("This code is of nobody here. Scan the ID card, or choose “Not on the list”."),
    "notOfPoint": _("{name}, of another point, is in place {n} of {of}."),
    "strangerCounted": _("{name}, not on the list, is in place {n} of {of}."),
    "chooseOne": _("More than one: tap the right one."),
    "noSuchPerson": _("Nobody is found by this. Scan the ID card, or choose “Not on the list”."),
    "enrolHere": _("This is the code of a phone, not of a person."),
    # temperature
    "temperatureOf": _("Temperature of {name}"),
    "nobodyToMeasure": _("Scan the person first."),
    "measured": _("{name}: {value} ℃."),
    "fever": _("FEVER {value} ℃: {name} IS NOT IN THE SHARED TUBE. Take them aside, then scan a tube of their own."),
    "feverAlone": _("FEVER {value} ℃: {name} is in a tube of their own. Call the medic."),
    "asideFirst": _("FEVER: {name} first. Scan a tube of their own."),
    "ownTube": _("{name} has a tube of their own: {code}. Go on with the shared one."),
    "feverStays": _("The swab is in the shared tube already"),
    "feverGone": _("Went to the clinic without a swab"),
    "feverInside": _("{name}, {value} ℃, IS IN THE SHARED TUBE. Call the medic."),
    "asideGone": _("{name} is not counted here."),
    "save": _("Save"),
    "erase": _("Erase"),
    # somebody not on the list
    "strangerTitle": _("Somebody who is not on the list"),
    "strangerText": _("Everybody who comes is tested. What they say is enough."),
    "name": _("Name"),
    "document": _("Document number"),
    "phone": _("Telephone"),
    "organisation": _("Enterprise or address"),
    "test": _("Test them"),
    # the line
    "line": _("What is on this phone"),
    "unsent": _("Not sent yet"),
    "unsentNone": _("Everything was sent."),
    "sendNow": _("Send now"),
    "conflicts": _("Does not count"),
    "conflict": _("DOES NOT COUNT: {name}, tube {tube}: {why}"),
    "refused": _("The server refused it; everything is kept. {words}"),
    "clockSlow": _("The clock of this phone is {n} min slow. Times are put right when they are sent."),
    "clockFast": _("The clock of this phone is {n} min fast. Times are put right when they are sent."),
    "storageFull": _("THE STORAGE IS FULL: the last one was NOT kept. Free some space, or send what is here."),
    "notKept": _("NOT KEPT: the last one does not count. Do it again; if it stays so, use another phone."),
    "pointClosed": _("This point is closed."),
    "roundClosed": _("This round is closed. What comes in now counts as late."),
    # the end
    "endShift": _("End the shift"),
    "endText": _("The roster on this phone is wiped. Another code enrols it again."),
    "endUnsent": _("{n} are not sent yet. Go where there is a network; the shift ends after that."),
    "endHeld": _("A tube is in hand. Seal it first."),
    "endNoNetwork": _("There is no network. Everything was sent: ask the point to end this phone, or try again there."),
    "isOver": _("This phone takes nobody any more."),
    "over_shift": _("The shift of this phone is over."),
    "over_revoked": _("The point revoked this phone."),
    "over_taken_over": _("Another phone took over this table."),
    "over_unknown": _("The server does not know this phone any more."),
    "overUnsent": _("{n} scans are not sent yet. They are kept, and sent as soon as there is a network."),
    "overCopy": _(
        "{n} scans could not be sent, and the server takes them no more. Copy them by hand and give them to the point."
    ),
    "copyList": _("What was not sent"),
    "copied": _("I have copied them: wipe this phone"),
    "wiped": _("The roster is wiped from this phone."),
    "overWiped": _("Nothing of anybody is left on this phone."),
}  # fmt: skip


def spoken() -> dict[str, dict[str, str]]:
    """By language and key; the reasons why a scan does not count are those of the server."""
    said = {**WORDS, **{f"why_{reason.value}": reason.label for reason in Reason}}
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = {key: str(text) for key, text in said.items()}
    return found
