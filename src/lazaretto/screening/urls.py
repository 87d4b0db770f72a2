"""Addresses of mass testing."""

from django.urls import path

from lazaretto.screening.views import corrections, coverage, rounds

app_name = "screening"
urlpatterns = [
    path("testing", rounds.rounds, name="rounds"),
    path("testing/<uuid:round_id>", rounds.one, name="round"),
    path("testing/<uuid:round_id>/points", rounds.add_point, name="add_point"),
    path("testing/<uuid:round_id>/cancel", rounds.cancel, name="cancel"),
    path("testing/<uuid:round_id>/freeze", rounds.freeze, name="freeze"),
    path("testing/<uuid:round_id>/open", rounds.begin, name="open"),
    path("testing/<uuid:round_id>/wall", rounds.wall, name="wall"),
    path("testing/<uuid:round_id>/missing", coverage.missing, name="missing"),
    path("testing/<uuid:round_id>/missing/numbers", coverage.numbers, name="numbers"),
    path("testing/<uuid:round_id>/enterprises/<uuid:organisation_id>", coverage.enterprise, name="enterprise"),
    path("testing/<uuid:round_id>/enterprises", coverage.enterprises, name="enterprises"),
    path("testing/<uuid:round_id>/buildings", coverage.buildings, name="buildings"),
    path("testing/<uuid:round_id>/kept", corrections.kept, name="kept"),
    path("testing/<uuid:round_id>/kept/put-right", corrections.put_right, name="put_right"),
    path("testing/<uuid:round_id>/kept.xlsx", corrections.kept_sheet, name="kept_sheet"),
    path("testing/<uuid:round_id>/scans/<int:number>/whose", corrections.whose, name="whose"),
    path("testing/<uuid:round_id>/fevers", rounds.fevers, name="fevers"),
    path("testing/fevers/<uuid:fever_id>", rounds.answer_fever, name="answer_fever"),
    path("testing/<uuid:round_id>/edit", rounds.edit, name="edit"),
    path("testing/points/<uuid:point_id>/edit", rounds.edit_point, name="edit_point"),
    path("testing/points/<uuid:point_id>/remove", rounds.remove_point, name="remove_point"),
    path("testing/points/<uuid:point_id>/<str:step>", rounds.point_step, name="point_step"),
]
