"""Addresses of the field app."""

from django.urls import path

from lazaretto.field.views import cards, carrying, couriers, phone, points, rosters

app_name = "field"
urlpatterns = [
    path("field/", phone.app, name="app"),
    path("field/worker.js", phone.worker, name="worker"),
    path("field/manifest.webmanifest", phone.manifest, name="manifest"),
    path("field/courier", carrying.page, name="carrying"),
    path("field/api/courier/state", carrying.state, name="courier_state"),
    path("field/api/courier/scans", carrying.scans, name="courier_scans"),
    path("field/api/claim", phone.claim, name="claim"),
    path("field/api/state", phone.state, name="state"),
    path("field/api/roster", phone.roster, name="roster"),
    path("field/api/tube", phone.tube, name="tube"),
    path("field/api/uploads", phone.uploads, name="uploads"),
    path("field/api/events", phone.events, name="events"),
    path("field/api/fevers", phone.fevers, name="fevers"),
    path("field/api/end", phone.end, name="end"),
    path("testing/<uuid:round_id>/enterprises/<uuid:organisation_id>/cards", cards.sheet, name="cards"),
    path("couriers", couriers.listing, name="couriers"),
    path("couriers/own", couriers.own, name="own_courier"),
    path("couriers/<uuid:courier_id>", couriers.one, name="courier"),
    path("couriers/<uuid:courier_id>/change", couriers.change, name="change_courier"),
    path("couriers/<uuid:courier_id>/end", couriers.end, name="end_courier"),
    path("points", points.listing, name="points"),
    path("points/<uuid:point_id>", points.point, name="point"),
    path("points/<uuid:point_id>/enrol", points.enrol, name="enrol"),
    path("points/<uuid:point_id>/enterprises", rosters.enterprises, name="enterprises"),
    path("points/<uuid:point_id>/enterprises/expect", rosters.expect, name="expect"),
    path("points/<uuid:point_id>/phones/<uuid:device_id>/revoke", points.revoke, name="revoke"),
]
