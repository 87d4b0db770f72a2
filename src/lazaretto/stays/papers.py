"""Fills the printed papers of `ui.papers` from stays."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from lazaretto.core.signing import read_signed
from lazaretto.places.models import Site
from lazaretto.stays.models import Certificate, Specimen
from lazaretto.stays.queries.specimens import Sampling
from lazaretto.ui.papers import ReleaseCertificate, ReleaseCertificates, SamplingLine, SamplingList, TestLine

PRINTED_RESULTS = {"negative": "negative", "refuted": "refuted"}


def certificate_paper(certificate: Certificate) -> ReleaseCertificate:
    """The certificate as it is printed: what was signed, and the QR that proves it."""
    stay = certificate.release.stay
    zone = ZoneInfo(stay.site.time_zone)
    signed = read_signed(certificate.token)
    started, ended = stay.started_at.astimezone(zone).date(), certificate.issued_at.astimezone(zone).date()
    tests = Specimen.objects.filter(stay=stay, state__in=PRINTED_RESULTS).order_by("collected_at")
    return ReleaseCertificate(
        number=certificate.number,
        authority=str(signed["a"]),
        site=str(signed["s"]),
        name=str(signed["p"]),
        latin_name=stay.person.romanised,
        document=str(signed["d"]),
        started_on=started,
        ended_on=ended,
        days=max((ended - started).days, 1),
        tests=tuple(_test(taken, zone) for taken in tests.prefetch_related("results")),
        code=check_url(certificate.token),
        verify_url=settings.BASE_URL + reverse("stays:certificate_check"),
        issued_on=ended,
        signed_by=str(signed["a"]),
        withdrawn_on=certificate.revoked_at.astimezone(zone).date() if certificate.revoked_at else None,
    )


def certificates_paper(certificates: Sequence[Certificate]) -> ReleaseCertificates:
    """Several certificates, a sheet each."""
    return ReleaseCertificates(certificates=tuple(certificate_paper(one) for one in certificates))


def check_url(token: str) -> str:
    """The address in the QR: opens the check, and carries the signed token for those who check offline."""
    return f"{settings.BASE_URL}{reverse('stays:certificate_check')}?t={token}"


def sampling_paper(site: Site, lines: list[Sampling], at: datetime, language: str) -> SamplingList:
    """The sampling list in walking order."""
    return SamplingList(
        language=language,
        site=f"{site.code} {site.name}",
        on=at.astimezone(ZoneInfo(site.time_zone)).date(),
        lines=tuple(
            SamplingLine(room=line.room, name=line.name, number=line.stay_number, test_day=line.day_label)
            for line in lines
        ),
    )


def _test(taken: Specimen, zone: ZoneInfo) -> TestLine:
    results = sorted(taken.results.all(), key=lambda result: result.reported_at)
    laboratory = next((result.laboratory for result in reversed(results) if result.laboratory), "")
    on = taken.collected_at.astimezone(zone).date()
    return TestLine(taken_on=on, tube=taken.tube, laboratory=laboratory, result=PRINTED_RESULTS[taken.state])
