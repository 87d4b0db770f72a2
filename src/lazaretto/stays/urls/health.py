"""Rounds, specimens, release, certificates."""

from django.urls import path

from lazaretto.stays.views import release, rounds, specimens

urlpatterns = [
    path("sites/<str:code>/rounds", rounds.rounds, name="rounds"),
    path("sites/<str:code>/rounds/save", rounds.save_door, name="save_door"),
    path("sites/<str:code>/sampling", specimens.sampling, name="sampling"),
    path("sites/<str:code>/sampling.pdf", specimens.sampling_pdf, name="sampling_pdf"),
    path("sites/<str:code>/sampling/collect", specimens.collect, name="collect"),
    path("sites/<str:code>/results", specimens.results, name="results"),
    path("sites/<str:code>/positives", specimens.positives, name="positives"),
    path("sites/<str:code>/positives/<str:tube>", specimens.positive, name="positive"),
    path("sites/<str:code>/release", release.releases, name="releases"),
    path("sites/<str:code>/release/chosen", release.release_chosen, name="release_chosen"),
    path("sites/<str:code>/release/certificates.pdf", release.certificates_pdf, name="certificates_pdf"),
    path("certificates/<str:number>.pdf", release.certificate_pdf, name="certificate_pdf"),
    path("certificates/<str:number>/revoke", release.revoke, name="revoke_certificate"),
    path("check", release.certificate_check, name="certificate_check"),
]
