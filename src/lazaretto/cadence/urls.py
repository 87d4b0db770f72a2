"""Addresses of the cadence."""

from django.urls import path

from lazaretto.cadence import views

app_name = "cadence"
urlpatterns = [
    path("testing/next", views.areas, name="areas"),
    path("testing/next/<uuid:unit_id>", views.prepare, name="prepare"),
    path("testing/next/<uuid:unit_id>/day", views.set_day, name="set_day"),
]
