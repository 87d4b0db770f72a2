"""Addresses of headquarters."""

from django.urls import path

from lazaretto.headquarters import views

app_name = "headquarters"
urlpatterns = [
    path("", views.home, name="home"),
    path("overview", views.overview, name="overview"),
    path("figures/<slug:figure>", views.names, name="names"),
    path("search", views.search, name="search"),
    path("alarms", views.alarms, name="alarms"),
    path("alarms/<uuid:alarm>/take", views.take, name="take_alarm"),
    path("alarms/<uuid:alarm>/answer", views.answer, name="answer_alarm"),
    path("deadlines", views.deadlines, name="deadlines"),
]
