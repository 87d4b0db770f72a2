"""Forms of headcounts; they only read what was typed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.fields import AreaField
from lazaretto.accounts.models import Unit
from lazaretto.headcounts.choices import Concern, OrganisationKind
from lazaretto.headcounts.models import Organisation
from lazaretto.ui.forms import to_choose

WHOM = [
    (OrganisationKind.ENTERPRISE, _("employees of enterprises")),
    (OrganisationKind.COMMUNITY, _("residents of communities")),
    (OrganisationKind.NONE, _("people without an employer in the area")),
]


class UploadForm(forms.Form):
    """A list that a park or an enterprise sent."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (xlsx, xls) or text (csv), as they sent it. Over 20 MB: lazaretto import headcount."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt,.tsv"}),
    )
    unit = AreaField(label=_("In whose area"))
    kind = forms.ChoiceField(
        label=_("Whom it names"), choices=WHOM, required=False,
        help_text=_("Say it for the whole list: then a line without an enterprise is no fault."),
    )  # fmt: skip
    organisation = forms.CharField(
        label=_("Enterprise or community, where the lines do not say"), max_length=120, required=False
    )
    complete = forms.BooleanField(
        label=_("This is everybody"), required=False,
        help_text=_("Whoever of these enterprises is not on the list has left. You see who before it happens."),
    )  # fmt: skip

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.offer(units)


class DecisionForm(forms.Form):
    """What is put right on a held line, or why it is left out."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    document = forms.CharField(label=_("Document number"), max_length=60, required=False)
    organisation = forms.CharField(label=_("Enterprise"), max_length=120, required=False)
    reason = forms.CharField(label=_("Why it is left out"), max_length=200, required=False)


class ContactForm(forms.Form):
    """Who stands at the table for an enterprise."""

    contact = forms.CharField(label=_("Officer of the enterprise"), max_length=80)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)


class WhereaboutsForm(forms.Form):
    """Where an enterprise is, and when its people can come to be tested."""

    latitude = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, required=False,
        help_text=_("In degrees, such as 23.0838; both numbers or none. Ways to test points are reckoned with them."),
    )  # fmt: skip
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    comes_from = forms.TimeField(
        label=_("Its people can come from"), widget=forms.TimeInput(attrs={"type": "time"}), required=False,
        help_text=_("Both or none. A night shift: from the evening until the morning."),
    )  # fmt: skip
    comes_until = forms.TimeField(label=_("Until"), widget=forms.TimeInput(attrs={"type": "time"}), required=False)

    @classmethod
    def of(cls, organisation: Organisation) -> "WhereaboutsForm":
        """Filled with what is written now."""
        return cls(initial={name: getattr(organisation, name) for name in cls.base_fields})


class EnrolForm(forms.Form):
    """One person by hand."""

    name = forms.CharField(label=_("Name"), max_length=120)
    document = forms.CharField(label=_("Document number"), max_length=60, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    section = forms.CharField(label=_("Department"), max_length=80, required=False)
    dormitory = forms.CharField(label=_("Where they sleep"), max_length=100, required=False)


class LeaveForm(forms.Form):
    """Why somebody is on a headcount no more."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class ConcernForm(forms.Form):
    """What must be thought of about somebody."""

    kind = forms.ChoiceField(label=_("What it is"), choices=to_choose(Concern.choices))
    note = forms.CharField(label=_("In words"), max_length=300, required=False)


class ContactsForm(forms.Form):
    """A list of officers of enterprises."""

    file = forms.FileField(
        label=_("File"), help_text=_(
            "With the columns 企业名称, 联系人, 联系电话; if they are known also 经度, 纬度, 可采样时段 (08:00-17:30)."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt,.tsv"}),
    )  # fmt: skip
    unit = AreaField(label=_("In whose area"))

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.offer(units)


class OrganisationForm(forms.Form):
    """An enterprise or community before its list comes."""

    unit = AreaField(label=_("In whose area"))
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    name = forms.CharField(label=_("Name"), max_length=120)

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.offer(units)


class KindForm(forms.Form):
    """Which of them it is."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
