"""Addresses of cases."""

from django.urls import path

from lazaretto.cases import views

app_name = "cases"
urlpatterns = [
    path("changes", views.listing, name="changes"),
    path("changes/<str:number>", views.one, name="one"),
    path("changes/<str:number>/notice", views.notice, name="notice"),
    path("changes/<str:number>/confirm", views.confirm, name="confirm"),
    path("changes/<str:number>/refuse", views.refuse, name="refuse"),
    path("changes/<str:number>/withdraw", views.withdraw, name="withdraw"),
    path("changes/<str:number>/follow-ups/<uuid:follow_up>", views.follow_up, name="follow_up"),
    path("people/<uuid:person_id>/change", views.propose_outside, name="propose_outside"),
    path("people/<uuid:person_id>/changes", views.about, name="about"),
    path("sites/<str:code>/stays/<str:number>/change", views.propose, name="propose"),
    path("sites/<str:code>/changes/event", views.event, name="event"),
]
