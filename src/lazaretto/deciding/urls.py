"""Addresses of the queue."""

from django.urls import path

from lazaretto.deciding import views

app_name = "deciding"
urlpatterns = [
    path("to-decide", views.matters, name="matters"),
    path("to-decide/<uuid:matter_id>", views.one, name="one"),
    path("to-decide/<uuid:matter_id>/take", views.take, name="take"),
    path("to-decide/<uuid:matter_id>/give-back", views.give_back, name="give_back"),
    path("to-decide/<uuid:matter_id>/settle", views.settle, name="settle"),
]
