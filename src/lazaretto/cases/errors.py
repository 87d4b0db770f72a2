"""Named errors of changes of status."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.errors import DomainError


class Unconfirmed(DomainError):
    """A positive without a second finding: nobody is moved, nobody's order changes."""

    code = "change_unconfirmed"
    message = _("One unconfirmed positive moves nobody.")
    next_step = _("Wait for the second finding; until then they stay in the room and are sampled again.")


class NotRefuted(DomainError):
    """The suspicion still stands."""

    code = "suspicion_stands"
    message = _("The recheck has not said negative yet.")
    next_step = _("Decide the positive first, or name the body that reports the negative recheck.")


class NothingSuspected(DomainError):
    """No proposal to make somebody a case is open."""

    code = "nothing_suspected"
    message = _("No suspicion is open for this person, and nobody confirmed them as a case.")
    next_step = _("Look at the list of changes of status; it may have been lifted already.")


class StillPositive(DomainError):
    """A positive of theirs stands: sampled after the recheck, or in a round where no laboratory took it back."""

    code = "still_positive"
    message = _("A later specimen is a confirmed positive: the recheck does not refute it.")
    next_step = _("Have that specimen rechecked; once the laboratory has reported the recheck, propose it again.")

    @classmethod
    def in_round(cls, tube: str) -> "StillPositive":
        """With the tube whose results say so."""
        return cls(_("The positive result of tube %(tube)s stands: no recheck refutes it.") % {"tube": tube}, tube=tube)


class NotBecauseOfIt(DomainError):
    """Their order does not rest on a refuted case."""

    code = "not_because_of_it"
    message = _("No refuted case stands behind this order.")
    next_step = _("First have the recheck of the case confirmed; then it can be taken back for those around it.")


class StillContact(DomainError):
    """Another confirmed finding names them too."""

    code = "still_contact"
    message = _("Another confirmed change of status names them as a contact too.")
    next_step = _("Look at it in the list; if it does not concern them either, an approver can shorten the order.")


class AnotherPerson(DomainError):
    """Who proposed it cannot confirm it."""

    code = "another_person"
    message = _("Whoever proposed this cannot confirm it: it takes two people.")
    next_step = _("Ask the duty officer or an approver who did not propose it.")


class PreviewChanged(DomainError):
    """What would follow is not what was shown any more."""

    code = "preview_changed"
    message = _("What would follow has changed since it was shown; nothing was confirmed.")
    next_step = _("Read it anew below, then confirm what you see now.")


class ChangeDecided(DomainError):
    """It was confirmed, refused or withdrawn already."""

    code = "change_decided"
    message = _("This change of status was decided already.")
    next_step = _("Read the decision; propose another change if something new is known.")


class AlreadyProposed(DomainError):
    """The same change waits for its confirmation."""

    code = "change_proposed"
    message = _("The same change of status waits for confirmation already.")
    next_step = _("Open it in the list and add what you know there.")

    @classmethod
    def by(cls, number: str) -> "AlreadyProposed":
        """With the number of the one that waits."""
        said = _("The same change of status waits for confirmation already: %(number)s.") % {"number": number}
        return cls(said, change=number)


class CannotBecome(DomainError):
    """From this category there is no such change."""

    code = "cannot_become"
    status = 422
    message = _("This change of status is not possible for this category.")
    next_step = _("Look at the category of the stay and choose one of the changes that are offered.")


class StaysWithUs(DomainError):
    """They have a room at a site of ours."""

    code = "stays_with_us"
    message = _("They stay at one of our sites: their change of status is proposed there.")
    next_step = _("Open the page of their stay and propose it there; withdraw what waits here.")


class EvidenceMissing(DomainError):
    """Neither a specimen nor words."""

    code = "evidence_missing"
    status = 422
    message = _("A change of status needs evidence.")
    next_step = _("Choose the specimen, or write who reports what, or who met whom, where and when.")


class PlaceElsewhere(DomainError):
    """The stay, the specimen or the floor belongs to another place."""

    code = "change_elsewhere"
    status = 422
    message = _("This does not belong to the same stay or site.")
    next_step = _("Begin again from the page of the stay or of the site.")


class NotPositive(DomainError):
    """Somebody is to become a case on a specimen that is not positive."""

    code = "not_positive"
    status = 422
    message = _("This specimen is not positive: it makes nobody a case.")
    next_step = _("Choose the positive specimen, or name the report that says it.")


class TooLongAgo(DomainError):
    """What was found out lies so far back that nothing can follow from it any more."""

    code = "too_long_ago"
    status = 422
    message = _("This happened more than ninety days ago: nothing follows from it any more.")
    next_step = _("Look at the date and the year.")


class InTheFuture(DomainError):
    """It cannot have happened yet."""

    code = "change_in_future"
    status = 422
    message = _("This lies in the future.")
    next_step = _("Write when it happened.")


class DaysUnfit(DomainError):
    """Days missed that do not lie within the time under the order."""

    code = "days_unfit"
    status = 422
    message = _("The days missed must lie within the time under the order, and be over.")
    next_step = _("Write the first and the last day that were not spent here.")


class FollowUpClosed(DomainError):
    """It was done or dropped already."""

    code = "follow_up_closed"
    message = _("This was done or dropped already.")
    next_step = _("Reload the page.")


class MoveCalledOff(DomainError):
    """What asked for a transfer was refuted or called off since the order was drafted."""

    code = "move_called_off"
    message = _("The change of status that asked for this move was called off.")
    next_step = _("Strike them off or put the draft aside; whoever still has to go is proposed anew.")

    @classmethod
    def by(cls, changes: str) -> "MoveCalledOff":
        """With the numbers of the changes that called it off."""
        said = _("The move that this order was drafted for was called off: %(changes)s.") % {"changes": changes}
        return cls(said, changes=changes)


class CauseGone(DomainError):
    """What an order was issued for was refuted or called off before they left under it."""

    code = "cause_gone"
    message = _("The change of status because of which they were to go was called off.")
    next_step = _(
        "If they go all the same, say under “They go all the same” who judged so and why. If not, leave them out; on a "
        "trip say that they stay, with the reason."
    )

    @classmethod
    def of(cls, people: str, changes: str) -> "CauseGone":
        """Whom it concerns, and the numbers of the changes that called it off."""
        said = _("%(people)s: the move was called off since the order was issued (%(changes)s).")
        return cls(said % {"people": people, "changes": changes}, changes=changes)


class CompanyFirst(DomainError):
    """Somebody who must not be alone would be left alone by this move."""

    code = "company_first"
    message = _("Somebody who must not be left alone has nobody yet.")
    next_step = _("First say who stays with them or goes with them, then write down the move.")
