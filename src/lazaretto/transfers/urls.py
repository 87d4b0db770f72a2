"""Addresses of transfers."""

from django.urls import path

from lazaretto.transfers import views

app_name = "transfers"
urlpatterns = [
    path("moves", views.moves, name="moves"),
    path("moves/places/new", views.new_place, name="new_place"),
    path("moves/questions/<uuid:question_id>", views.question, name="question"),
    path("moves/<str:number>", views.handover, name="handover"),
    path("moves/<str:number>/divert", views.divert, name="divert"),
    path("moves/<str:number>/fetch", views.fetch, name="fetch"),
    path("moves/<str:number>/people/<uuid:person_id>/word", views.word, name="word"),
    path("moves/<str:number>/people/<uuid:person_id>/left", views.left, name="left"),
    path("moves/<str:number>/postpone", views.postpone, name="postpone"),
    path("moves/<str:number>/people/<uuid:person_id>", views.arrived, name="arrived"),
    path("people/<uuid:person_id>/where", views.where, name="where"),
    path("whereabouts", views.everyone, name="whereabouts"),
    path("sites/<str:code>/sign-out", views.sign_out, name="sign_out"),
    path("sites/<str:code>/seen-here", views.seen_here, name="seen_here"),
    path("sites/<str:code>/waiting/<uuid:person_id>/room", views.give_room, name="give_room"),
]
