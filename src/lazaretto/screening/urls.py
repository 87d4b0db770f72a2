"""Addresses of mass testing."""

from django.urls import path

from lazaretto.screening import views

app_name = "screening"
urlpatterns = [
    path("testing", views.rounds, name="rounds"),
    path("testing/<uuid:round_id>", views.one, name="round"),
    path("testing/<uuid:round_id>/points", views.add_point, name="add_point"),
    path("testing/<uuid:round_id>/cancel", views.cancel, name="cancel"),
    path("testing/<uuid:round_id>/freeze", views.freeze, name="freeze"),
    path("testing/<uuid:round_id>/open", views.begin, name="open"),
    path("testing/<uuid:round_id>/wall", views.wall, name="wall"),
    path("testing/<uuid:round_id>/missing", views.missing, name="missing"),
    path("testing/<uuid:round_id>/missing/numbers", views.numbers, name="numbers"),
    path("testing/<uuid:round_id>/enterprises/<uuid:organisation_id>", views.enterprise, name="enterprise"),
    path("testing/<uuid:round_id>/fevers", views.fevers, name="fevers"),
    path("testing/fevers/<uuid:fever_id>", views.answer_fever, name="answer_fever"),
    path("testing/<uuid:round_id>/edit", views.edit, name="edit"),
    path("testing/points/<uuid:point_id>/edit", views.edit_point, name="edit_point"),
    path("testing/points/<uuid:point_id>/remove", views.remove_point, name="remove_point"),
    path("testing/points/<uuid:point_id>/<str:step>", views.point_step, name="point_step"),
]
