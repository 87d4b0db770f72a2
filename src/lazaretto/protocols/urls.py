"""Addresses of rule packs."""

from django.urls import path

from lazaretto.protocols import views

app_name = "protocols"
urlpatterns = [
    path("protocols/", views.packs, name="packs"),
    path("protocols/packs/<str:key>/", views.pack, name="pack"),
    path("protocols/compare/", views.comparison, name="compare"),
    path("protocols/adopt/", views.adopt, name="adopt"),
    path("protocols/adoptions/<uuid:adoption_id>/end/", views.end, name="end"),
]
