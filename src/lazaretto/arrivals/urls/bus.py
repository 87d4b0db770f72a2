"""The bus and the desk."""

from django.urls import path

from lazaretto.arrivals.views import bus, check_in, walk_in

urlpatterns = [
    path("sites/<str:code>/buses", bus.bus_list, name="buses"),
    path("sites/<str:code>/buses/<uuid:manifest_id>", bus.bus_page, name="bus"),
    path("sites/<str:code>/buses/<uuid:manifest_id>/propose", bus.propose, name="propose"),
    path("sites/<str:code>/buses/<uuid:manifest_id>/scan", bus.scan, name="scan"),
    path("sites/<str:code>/buses/<uuid:manifest_id>/stranger", bus.add_stranger, name="add_stranger"),
    path("sites/<str:code>/buses/<uuid:manifest_id>/depart", bus.depart, name="depart"),
    path("sites/<str:code>/expected/<uuid:expected_id>/room", bus.give_room, name="give_room"),
    path("sites/<str:code>/expected/<uuid:expected_id>/board", bus.board, name="board"),
    path("sites/<str:code>/expected/<uuid:expected_id>/missing", bus.missing, name="missing"),
    path("sites/<str:code>/check-in", check_in.desk, name="desk"),
    path("sites/<str:code>/check-in/found", check_in.found, name="found"),
    path("sites/<str:code>/check-in/new", walk_in.walk_in, name="walk_in"),
    path("sites/<str:code>/check-in/new/look", walk_in.walk_in_look, name="walk_in_look"),
    path("sites/<str:code>/check-in/<uuid:expected_id>", check_in.panel, name="panel"),
    path("sites/<str:code>/check-in/<uuid:expected_id>/confirm", check_in.confirm, name="confirm"),
]
