"""Tubes and bags of quarantine sites, on the same way and by the same facts as those of a round.

Who is in a tube, and what was found in it, stands with the stay (`stays.Specimen`); here stands where it is. Tables of
their own: the many rows of rounds are neither rewritten nor asked whose they are.
"""

from django.db import models
from django.db.models import F, Q

from lazaretto.core.access import ScopedQuerySet
from lazaretto.core.ids import new_id
from lazaretto.places.models import Site
from lazaretto.tubes.models.custody import REJECTED_SAYS_WHY, STATE_HAS_TIME, BagPlace, Receipt, Told, TubePlace


class SiteUpload(Receipt):
    """The receipt of what somebody at a site, a courier or a laboratory told of the site's tubes."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(taken__lte=F("received")), name="site_upload_balances")]


class SiteBag(BagPlace):
    """One use of a bag of a site, since `begun_at`. A site uses its bags again every day: what is packed after the
    last use arrived is another one, so at most one use of a code is on its way.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    begun_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()
    SCOPE = "site__unit_id"
    LOCKED_AFTER = "site"  # uploads lock the site and then write its bags

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "code"], condition=Q(arrived_at__isnull=True), name="site_bag_on_its_way_once"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="site_bag_has_code"),
            models.CheckConstraint(condition=STATE_HAS_TIME, name="site_bag_state_has_time"),
        ]
        indexes = [
            models.Index(fields=["site", "code", "begun_at"], name="site_bag_uses"),
            models.Index(fields=["code"], name="site_bag_code"),
            models.Index(fields=["laboratory", "arrived_at"], name="site_bag_laboratory"),
        ]

    def __str__(self) -> str:
        return self.code


class SiteTubeQuerySet(ScopedQuerySet["SiteTube"]):
    """Tubes of sites, without codes that were a slip."""

    def real(self) -> "SiteTubeQuerySet":
        """Without slips."""
        return self.filter(slip_at__isnull=True)


class SiteTube(TubePlace):
    """Where a tube of a site is. It is the tube of a specimen of the same code at that site; of none: nobody was
    swabbed into it there, as far as is known.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    bag = models.ForeignKey(SiteBag, null=True, on_delete=models.PROTECT, related_name="tubes")

    objects = SiteTubeQuerySet.as_manager()
    SCOPE = "site__unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="site_tube_once"),
            models.CheckConstraint(condition=~Q(code=""), name="site_tube_has_code"),
            models.CheckConstraint(
                condition=Q(bag__isnull=True, bagged_at__isnull=True) | Q(bag__isnull=False, bagged_at__isnull=False),
                name="site_tube_bag_has_time",
            ),
            models.CheckConstraint(condition=REJECTED_SAYS_WHY, name="site_tube_rejected_says_why"),
        ]
        indexes = [
            models.Index(fields=["code"], name="site_tube_code"),
            models.Index(fields=["site", "rejected_at"], name="site_tube_rejected"),
        ]

    def __str__(self) -> str:
        return self.code


class SiteEvent(Told):
    """One told of a site's tubes. `bag` is the use of the bag that was meant, `bag_code` what the device called it."""

    upload = models.ForeignKey(SiteUpload, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    bag = models.ForeignKey(SiteBag, null=True, on_delete=models.PROTECT, related_name="events")
    bag_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(kind=""), name="site_event_has_kind")]
        indexes = [models.Index(fields=["site", "tube", "at"], name="site_event_tube")]

    def __str__(self) -> str:
        return f"{self.kind} {self.tube or self.bag_code}"
