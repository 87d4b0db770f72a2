"""Every word of a courier's page, in all languages at once."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.field.speech import WORDS as TABLE
from lazaretto.field.speech import in_all_languages

SHARED = (
    "toSend", "lastSync", "never", "offline", "close", "more", "language", "theme", "loading", "insecure", "enter",
    "camera", "cameraFailed", "sendNow", "bagNoPerson", "nTubes", "actions", "undo",
)  # fmt: skip
WORDS: dict[str, str | Promise] = {
    **{key: TABLE[key] for key in SHARED},
    "keyTitle": _("This phone carries no bags yet"),
    "keyText": _("Scan the code that the duty officer shows, or sign in and open *Bags I carry*."),
    "keyPaste": _("Or paste the link here"),
    "keyGo": pgettext_lazy("courier's phone", "Open"),
    "keyFailed": _("It did not work: {words}"),
    "keyNoNetwork": _("There is no network. The first time needs one; after that none for days."),
    "over": _("This phone opens nothing any more. Not sent: {n}. Scan a new code; what is kept is sent then."),
    "taking": _("Take at a point"),
    "handing": _("Hand in at a laboratory"),
    "input": _("Bag"),
    "whichRound": pgettext_lazy("mass testing", "Round"),
    "lab": _("Laboratory"),
    "chooseLab": _("choose, or scan the code at its door"),
    "taker": _("Who takes them"),
    "carrying": _("What I carry now"),
    "nothingCarried": _("No bag with you"),
    "dueAt": _("at the laboratory by {time}"),
    "lateBy": _("LATE: was due at {time}, {n} min ago"),
    "tubesUnknown": _("tubes not told"),
    "pointUnknown": _("point not told"),
    "allIn": _("Hand in all of them: {n}"),
    "myBadge": _("My badge: show it to the table"),
    "readyTaking": _("Scan the bags at the point."),
    "readyHanding": _("Choose the laboratory, say who takes them, then scan the bags."),
    "taken": _("{code} from {point}. {tubes}. At the laboratory by {time}."),
    "takenOpen": _("{code} from {point} IS NOT CLOSED AT THE TABLE. {tubes}. Written; ask the table."),
    "takenUnknown": _("{code} is taken. Nothing is known of it yet: count its tubes at the table."),
    "takenOther": _("{code} WAS WITH {holder}. Now it is with you; call them."),
    "takenBefore": _("{code} is with you already."),
    "arrived": _("{code} is handed in at {lab} to {taker}. {tubes}."),
    "arrivedAll": _("Handed in at {lab} to {taker}: {n} bags."),
    "arrivedStrange": _("{code} WAS NOT WITH YOU. It is written as handed in at {lab}."),
    "arrivedBefore": _("{code} is handed in already."),
    "labFirst": _("WHICH LABORATORY? Scan the code at its door, or choose it."),
    "labKnown": _("Laboratory: {lab}. Say who takes the bags, then scan them."),
    "labStrange": _("{code} is no laboratory of this area."),
    "takerFirst": _("WHO TAKES THEM? Write the name first."),
    "roundFirst": _("WHICH ROUND? {code} is not known, and more than one is tested. Choose the round, scan again."),
    "noRound": _("No round is tested here: {code} is not written. Call the duty officer."),
    "bagWhat": _("Scan a bag."),
    "badgeHere": _("This is the badge of a courier."),
    "undone": _("{code} is taken back."),
    "refused": _("The server did not take it; it is kept on this phone. {words}"),
    "notKept": TABLE["notKept"],
    # what the server did not take, and whose it is
    "putAside": _("NOT TAKEN BY THE SERVER: {code} ({n} in all). It stays on this phone, below. {words}"),
    "asideTitle": _("The server did not take: {n}"),
    "asideText": _("They count nowhere yet. Show this to the duty officer; then send them again, or have them typed."),
    "asideAgain": _("Send them again"),
    "asideList": _("To be copied by hand"),
    "asideCopied": _("I have copied them: take them off this phone"),
    "asideSure": _("Press again: they are nowhere else"),
    "kind_taken": pgettext_lazy("bag of a courier", "taken"),
    "kind_arrived": pgettext_lazy("bag of a courier", "handed in"),
    "othersWait": _("Scans of {courier} that wait: {n}. They go out as those of {courier}."),
    "othersStay": _("Scans of {courier} that wait: {n}. Scan the code for the phone of {courier}: then they are sent."),
}  # fmt: skip


def spoken() -> dict[str, dict[str, str]]:
    """By language and key."""
    return in_all_languages(WORDS)
