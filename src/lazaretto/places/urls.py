"""Addresses of places."""

from django.urls import path

from lazaretto.places import views

app_name = "places"
urlpatterns = [
    path("sites/", views.sites, name="sites"),
    path("sites/new/", views.new_site, name="new_site"),
    path("sites/<str:code>/", views.site, name="site"),
    path("sites/<str:code>/edit/", views.edit_site, name="edit_site"),
    path("sites/<str:code>/life/", views.change_life, name="change_life"),
    path("sites/<str:code>/checklist/", views.checklist, name="checklist"),
    path("sites/<str:code>/structure/", views.structure, name="structure"),
    path("sites/<str:code>/structure/floor/", views.save_floor, name="save_floor"),
    path("sites/<str:code>/structure/rooms/", views.create_rooms, name="create_rooms"),
    path("sites/<str:code>/rooms/", views.grid, name="grid"),
    path("sites/<str:code>/rooms/save/", views.save_grid, name="save_grid"),
    path("sites/<str:code>/rooms/excel/", views.export_rooms, name="export_rooms"),
    path("sites/<str:code>/rooms/import/", views.upload_list, name="upload_list"),
    path("sites/<str:code>/rooms/import/<uuid:list_id>/", views.room_list, name="room_list"),
    path("sites/<str:code>/states/", views.states, name="states"),
    path("sites/<str:code>/cleaning/", views.cleaning, name="cleaning"),
    path("sites/<str:code>/room/<str:number>/", views.room, name="room"),
    path("sites/<str:code>/room/<str:number>/undo/", views.undo_step, name="undo_step"),
]
