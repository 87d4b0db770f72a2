"""Addresses of returnees."""

from django.urls import path

from lazaretto.returnees import views

app_name = "returnees"
urlpatterns = [
    path("returnees", views.overview, name="overview"),
    path("returnees/cases", views.listing, name="cases"),
    path("returnees/cases/open.xlsx", views.export, name="export"),
    path("returnees/cases/<str:number>", views.one, name="one"),
    path("returnees/cases/<str:number>/number/<uuid:phone_id>", views.number, name="number"),
    path("returnees/cases/<str:number>/attempt", views.attempt, name="attempt"),
    path("returnees/cases/<str:number>/test", views.test, name="test"),
    path("returnees/cases/<str:number>/close", views.close, name="close"),
    path("returnees/cases/<str:number>/hands", views.hands, name="hands"),
    path("returnees/cases/<str:number>/lead", views.lead, name="lead"),
    path("returnees/areas/<uuid:unit_id>/share-out", views.share_out, name="share_out"),
    path("returnees/calls", views.calls, name="calls"),
    path("returnees/calls/shift", views.shift, name="shift"),
    path("returnees/calls/next", views.next_one, name="next"),
    path("returnees/lists", views.lists, name="lists"),
    path("returnees/lists/<uuid:pk>", views.one_list, name="list"),
    path("returnees/lists/<uuid:pk>/commit", views.commit, name="commit"),
    path("returnees/lists/<uuid:pk>/lines/<int:number>", views.decide, name="decide"),
    path("returnees/lists/<uuid:pk>/cancel", views.cancel, name="cancel"),
]
