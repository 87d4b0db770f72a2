"""Addresses of objections."""

from django.urls import path

from lazaretto.objections import views

app_name = "objections"
urlpatterns = [
    path("objections", views.listing, name="objections"),
    path("objections/<str:number>", views.one, name="one"),
    path("objections/<str:number>/talk", views.talk, name="talk"),
    path("objections/<str:number>/offer", views.offer, name="offer"),
    path("objections/<str:number>/offers/<uuid:offer>", views.answer, name="answer"),
    path("objections/<str:number>/step", views.step, name="step"),
    path("objections/<str:number>/decide", views.decide, name="decide"),
    path("objections/<str:number>/notice", views.issue_notice, name="issue_notice"),
    path("objections/<str:number>/notices/<str:notice>.pdf", views.notice, name="notice"),
    path("objections/<str:number>/reply.pdf", views.reply, name="reply"),
    path("sites/<str:code>/stays/<str:number>/objection", views.raise_one, name="raise"),
]
