"""Addresses of stranded people."""

from django.urls import path

from lazaretto.stranded import views

app_name = "stranded"
urlpatterns = [
    path("stranded", views.listing, name="groups"),
    path("stranded/new", views.new, name="new"),
    path("stranded/<str:number>", views.one, name="one"),
    path("stranded/<str:number>/give", views.give, name="give"),
    path("stranded/<str:number>/care", views.care, name="care"),
    path("stranded/<str:number>/count", views.count, name="count"),
    path("stranded/<str:number>/step", views.step, name="step"),
    path("stranded/<str:number>/place", views.place, name="place"),
    path("stranded/<str:number>/send", views.send, name="send"),
    path("stranded/<str:number>/admit/<str:code>", views.admit, name="admit"),
    path("stranded/<str:number>/people/<uuid:stranded>", views.complete, name="complete"),
]
