"""Every word of the phone's page, in all languages at once: the switch works without a network."""

from collections.abc import Mapping

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.screening.choices import Reason

WORDS: dict[str, str | Promise] = {
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
    "twice": _("This page is open in another window of this phone. Close one of them."),
    "enrolledAlready": _("This phone is enrolled already. End its shift before it takes another code."),
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
    "stranger": pgettext_lazy("phone at a table", "Not on the list"),
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
    "tubeUsedElsewhere": _("TUBE {code} WAS USED BEFORE ({where}). Take a new one."),
    "tubeUsedSealed": _("TUBE {code}, sealed already, WAS USED BEFORE ({where}). Put it aside and call the site lead."),
    "tubeSwap": _("TUBE {code} WAS USED BEFORE ({where}). STOP: scan a new tube, it takes over the {n} in this one."),
    "tubeSwapped": _("{n} people moved from {old} to {code}. Whose swab is in {old} already is swabbed again."),
    "tubeSwapFirst": _(
        "TUBE {code} WAS USED BEFORE ({where}). Scan a new tube; or press again to seal it all the same."
    ),
    "whereUsed": _("round {round}, point {point}"),
    "whereElse": _("in another area"),
    "sealFirst": _("Tube {old} has {n} of {of}. Scan {code} again to seal the old one and go on with it."),
    "counted": _("{name} is in place {n} of {of}."),
    "countedFull": _("{name} is in place {n}. THE TUBE IS FULL: seal it, or scan the next one."),
    "tubeFirst": _("{name}: now scan the tube."),
    "tubeFull": _("THE TUBE IS FULL ({of}). Scan a new one for {name}."),
    "testedBefore": _("{name} WAS TESTED BEFORE, in tube {tube}. Not counted again."),
    "testedThere": _("{name} WAS TESTED AT TABLE {table}. Not counted again."),
    "insist": _("Swabbed again: count it"),
    "otherHousehold": _(
        "{name} IS OF ANOTHER HOUSEHOLD. Seal tube {code} and take a new one, or scan {name} again to put them in."
    ),
    "insistApart": _("Put them into this tube all the same"),
    "sealed": _("Tube {code} is sealed with {n}."),
    "nothingToSeal": _("No tube with anybody in it."),
    "undone": _("{name} is taken out again."),
    "tubeAway": _("Tube {code} is put away, empty."),
    "nothingToUndo": _("Nothing to undo. A sealed tube stays sealed."),
    "forgotten": _("Forgotten. Go on."),
    "misread": _("NOT READ RIGHT: the check digit of this ID number is wrong. Scan it again."),
    "wrongRound": _("WRONG ROUND: this code is of another round of testing."),
    "noSuchNumber": _(
        "NOBODY HAS NUMBER {number}: this round ends at {entries}. Scan the ID card, or choose “Not on the list”."
    ),
    "notListed": _("Not on the list of this point. They are tested too."),
    "cardUnknown": _("This code is of nobody here. Scan the ID card, or choose “Not on the list”."),
    "notOfPoint": _("{name}, of another point, is in place {n} of {of}."),
    "strangerCounted": _("{name}, not on the list, is in place {n} of {of}."),
    "chooseOne": _("More than one: tap the right one."),
    "noSuchPerson": _("Nobody is found by this. Scan the ID card, or choose “Not on the list”."),
    "which": _("{code}: IS IT A TUBE OR A PERSON? It does not look like the tubes of this point."),
    "whichFirst": _("{code} FIRST: is it a tube or a person? What came after it was not taken."),
    "isTube": _("A TUBE"),
    "isPerson": _("A PERSON"),
    "isItThem": _("Is it {name}? Tap the name."),
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
    "asideClinic": _("{name}, {value} ℃, went to the clinic without a swab. It is written and told."),
    "asideUndone": _("{name} is taken back, not counted. The {value} ℃ stay written and are told."),
    "measuredBack": _("{name}: {value} ℃. Back in the tube, in their place."),
    "save": _("Save"),
    "erase": _("Erase"),
    # bags, the courier, the agreed number
    "actions": _("Actions"),
    "bagsTurn": _("Bags ⇄ people"),
    "bagReady": _("Scan the bag, then its tubes."),
    "bagInput": _("Bag, then tubes"),
    "noBag": _("No bag in hand"),
    "noBagHint": _("Scan a bag to begin"),
    "nTubes": _("Tubes: {n}"),
    "bagRest": _("Sealed tubes in no bag yet: {n}"),
    "allIn": _("All in"),
    "takeOut": pgettext_lazy("tube of a bag", "Take out"),
    "closeBag": _("Close bag"),
    "bagOpen": _("Bag {code}: scan its tubes."),
    "bagInHand": _("Bag {code} is in hand already. Scan tubes."),
    "bagOpenTube": _("TUBE {code} IS NOT SEALED YET. Seal it first."),
    "bagTwice": _("Tube {code} is in bag {bag} already."),
    "bagMoved": _("TUBE {code} WAS IN BAG {before}. Now it is in {bag}."),
    "bagged": _("{code} is in bag {bag}. Tubes: {n}."),
    "bagNobody": _(
        "{code} is in bag {bag}, but nobody was scanned into it. Empty: take it out. Full: its phone must send."
    ),
    "baggedAll": _("All sealed tubes are in bag {bag}: {n}."),
    "bagClosedBefore": _("BAG {code} WAS CLOSED BEFORE. Take a new one."),
    "bagFirst": _("Scan the bag first."),
    "bagNoTubes": _("No sealed tube is left."),
    "bagAway": _("Bag {code} is put away, empty."),
    "unbagged": _("{code} is taken out of the bag."),
    "bagEmpty": _("No bag with a tube in it."),
    "bagClosed": _("Bag {code} is closed, tubes: {n}. Give it to the courier."),
    "bagNone": _("No closed bag waits for a courier."),
    "bagNoPerson": _("THIS IS A PERSON, not a tube."),
    "bagWhat": _("Scan a bag or a tube."),
    "closedBags": _("Closed bags"),
    "withCourier": _("with {to}"),
    "waitsForCourier": _("waits for the courier"),
    "courier": _("Courier: badge, name or number plate, typed or scanned"),
    "courierWho": _("Who takes the bags? Type or scan the courier."),
    "courierHere": _("{code} IS A COURIER. Turn to the bags to hand them over."),
    "laboratoryHere": _("This is the code at a laboratory's door, for couriers."),
    "bagCloseFirst": _("BAG {code} IS NOT CLOSED YET (tubes: {n}). Close it, then scan the courier again."),
    "handOver": pgettext_lazy("bags", "Hand over"),
    "courierUnknown": _(
        "{to}: NO COURIER WHOM THIS PHONE KNOWS. Look at the badge and scan it again. Is it a new one, press below."
    ),
    "courierAnyway": _("A new courier: give them the bags"),
    "handedToUnknown": _("Bags given to {to}, whom nobody named: {n}. Written; somebody looks into it."),
    "handedOver": _("Bags given to {to}: {n}."),
    "countTurn": _("Agree the number"),
    "countTitle": _("The number agreed with an enterprise"),
    "enterprise": _("Enterprise"),
    "countTested": _("People tested"),
    "officer": _("Officer of the enterprise"),
    "signHere": _("Signature"),
    "signFirst": _("The signature is missing."),
    "countSame": _("Counted here: {all} (this phone {here}, other tables {there}). The same."),
    "countMore": _("COUNTED HERE: {all} (this phone {here}, other tables {there}). AGREED ARE {n} MORE."),
    "countFewer": _("COUNTED HERE: {all} (this phone {here}, other tables {there}). AGREED ARE {n} FEWER."),
    "countDiffers": _("The numbers differ. Look who is missing before you sign; or sign the difference."),
    "agreeAnyway": _("Agreed, with the difference"),
    "agree": pgettext_lazy("number of people", "Agreed"),
    "agreed": _("{name}: {n} people, agreed with {officer}."),
    # somebody not on the list
    "strangerTitle": _("Somebody who is not on the list"),
    "strangerText": _("Everybody who comes is tested. One way to reach them is enough."),
    "reachFirst": _("Say a name, a document or a telephone; or press that they cannot say."),
    "describe": _("They cannot say: describe them"),
    "description": _("What they look like, where they stay, who is with them"),
    "descriptionHint": _("Man about 60, red jacket, sleeps at gate 3"),
    "describeFirst": _("Describe them in a few words, so that somebody finds them again."),
    "documentMisread": _("THE CHECK DIGIT OF THIS NUMBER IS WRONG. Look at the card again."),
    "cardSays": _("The card says so"),
    "name": _("Name"),
    "document": _("Document number"),
    "phone": _("Telephone"),
    "organisation": _("Enterprise or address"),
    "test": _("Test them"),
    # the line
    "line": _("What is on this phone"),
    "unsent": _("People not sent yet"),
    "unsentTubes": _("Notes of tubes and bags not sent yet"),
    "sendNow": _("Send now"),
    "conflicts": _("Does not count"),
    "conflict": _("DOES NOT COUNT: {name}, tube {tube}: {why}"),
    "refused": _("The server did not take it; it is kept on this phone. {words}"),
    "clockSlow": _("The clock of this phone is {n} min slow. Times are put right when they are sent."),
    "clockFast": _("The clock of this phone is {n} min fast. Times are put right when they are sent."),
    "storageFull": _("THE STORAGE IS FULL: the last one was NOT kept. Free some space, or send what is here."),
    "notKept": _("NOT KEPT: the last one does not count. Do it again; if it stays so, use another phone."),
    "pointClosed": _("This point is closed."),
    "roundCancelled": _("THIS ROUND IS CANCELLED ({reason}). Take nobody any more. What is here is sent, as late."),
    "roundClosed": _("This round is closed. What comes in now counts as late."),
    # the end
    "endShift": _("End the shift"),
    "endText": _("The roster on this phone is wiped. Another code enrols it again."),
    "endUnsent": _("Not sent yet: {n}. Go where there is a network; the shift ends after that."),
    "endHeld": _("A tube is in hand. Seal it first."),
    "endNoNetwork": _("There is no network. Everything was sent: ask the point to end this phone, or try again there."),
    "isOver": _("This phone takes nobody any more."),
    "over_shift": _("The shift of this phone is over."),
    "over_revoked": _("The point revoked this phone."),
    "over_expired": _("The time of this phone is over; its roster is wiped."),
    "over_taken_over": _("Another phone took over this table."),
    "over_unknown": _("The server does not know this phone any more."),
    "overUnsent": _("Not sent yet: {n}. They are kept, and sent as soon as there is a network."),
    "overCopy": _(
        "Could not be sent, and the server does not take them: {n}. Copy them by hand and give them to the point."
    ),
    "copyList": _("What was not sent"),
    "copied": _("I have copied them: wipe this phone"),
    "wiped": _("The roster is wiped from this phone."),
    "overWiped": _("Nothing of anybody is left on this phone."),
}  # fmt: skip


def spoken() -> dict[str, dict[str, str]]:
    """By language and key; the reasons why a scan does not count are those of the server."""
    return in_all_languages({**WORDS, **{f"why_{reason.value}": reason.label for reason in Reason}})


def in_all_languages(said: Mapping[str, str | Promise]) -> dict[str, dict[str, str]]:
    """Words of a page, by language and key."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = {key: str(text) for key, text in said.items()}
    return found
