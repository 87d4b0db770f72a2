"""Addresses of emergencies."""

from django.urls import path

from lazaretto.emergencies import views

app_name = "emergencies"
urlpatterns = [
    path("emergencies", views.listing, name="emergencies"),
    path("emergencies/new", views.report, name="report"),
    path("emergencies/banner", views.banner, name="banner"),
    path("emergencies/<str:number>", views.one, name="one"),
    path("emergencies/<str:number>/said", views.said, name="said"),
    path("emergencies/<str:number>/own", views.own, name="own"),
    path("emergencies/<str:number>/step", views.step, name="step"),
    path("emergencies/<str:number>/word", views.word, name="word"),
    path("emergencies/<str:number>/cancel", views.cancel, name="cancel"),
    path("emergencies/<str:number>/review", views.review, name="review"),
]
