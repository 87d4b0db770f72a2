"""Forms of arrivals: they read what was typed; rules live in the commands."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _


class CheckInForm(forms.Form):
    """What the desk says about somebody who is to be checked in."""

    room = forms.CharField(label=_("Room"), max_length=12)
    exposed_on = forms.DateField(
        label=_("Last exposure or entry"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    authority = forms.CharField(label=_("Authority"), max_length=120)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    together = forms.BooleanField(label=_("The whole household"), required=False)

    def exposed_at(self, time_zone: str, now: datetime) -> datetime:
        """Noon of that day at the site, but never later than now."""
        day = self.cleaned_data["exposed_on"]
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
        return min(noon, now) if noon.date() <= now.date() else noon
