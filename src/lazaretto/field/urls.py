"""Addresses of the field app."""

from django.urls import path

from lazaretto.field.views import cards, phone, points, rosters

app_name = "field"
urlpatterns = [
    path("field/", phone.app, name="app"),
    path("field/worker.js", phone.worker, name="worker"),
    path("field/manifest.webmanifest", phone.manifest, name="manifest"),
    path("field/api/claim", phone.claim, name="claim"),
    path("field/api/state", phone.state, name="state"),
    path("field/api/roster", phone.roster, name="roster"),
    path("field/api/uploads", phone.uploads, name="uploads"),
    path("field/api/events", phone.events, name="events"),
    path("field/api/fevers", phone.fevers, name="fevers"),
    path("field/api/end", phone.end, name="end"),
    path("testing/<uuid:round_id>/enterprises/<uuid:organisation_id>/cards", cards.sheet, name="cards"),
    path("points", points.listing, name="points"),
    path("points/<uuid:point_id>", points.point, name="point"),
    path("points/<uuid:point_id>/enrol", points.enrol, name="enrol"),
    path("points/<uuid:point_id>/enterprises", rosters.enterprises, name="enterprises"),
    path("points/<uuid:point_id>/enterprises/expect", rosters.expect, name="expect"),
    path("points/<uuid:point_id>/phones/<uuid:device_id>/revoke", points.revoke, name="revoke"),
]
