"""Addresses of headcounts."""

from django.urls import path

from lazaretto.headcounts import views
from lazaretto.headcounts.views import changes, contacts, families, people

app_name = "headcounts"
urlpatterns = [
    path("headcounts", views.listing, name="headcounts"),
    path("headcounts/enterprises/new", views.new, name="new"),
    path("headcounts/enterprises/<uuid:pk>", views.one, name="one"),
    path("headcounts/enterprises/<uuid:pk>/contact", views.contact, name="contact"),
    path("headcounts/enterprises/<uuid:pk>/kind", views.kind, name="kind"),
    path("headcounts/enterprises/<uuid:pk>/whereabouts", views.whereabouts, name="whereabouts"),
    path("headcounts/enterprises/<uuid:pk>/people", views.enrol, name="enrol"),
    path("headcounts/people/<int:pk>", people.person, name="person"),
    path("headcounts/people/<int:pk>/household", people.household, name="household"),
    path("headcounts/people/<int:pk>/concerns", people.concern, name="concern"),
    path("headcounts/people/<int:pk>/concerns/end", people.end_concern, name="end-concern"),
    path("headcounts/contacts", contacts.contacts, name="contacts"),
    path("headcounts/changes", changes.changes, name="changes"),
    path("headcounts/changes/export", changes.export, name="changes-export"),
    path("headcounts/lists/<uuid:pk>/left", changes.left, name="left"),
    path("headcounts/lists/<uuid:pk>/left/export", changes.left_export, name="left-export"),
    path("headcounts/families", families.families, name="families"),
    path("headcounts/families/figures", families.family_figures, name="families-figures"),
    path("headcounts/families/export", families.export, name="families-export"),
    path("headcounts/people/<int:pk>/leave", views.leave, name="leave"),
    path("headcounts/lists", views.lists, name="lists"),
    path("headcounts/lists/<uuid:pk>", views.one_list, name="list"),
    path("headcounts/lists/<uuid:pk>/commit", views.commit, name="commit"),
    path("headcounts/lists/<uuid:pk>/lines/<int:number>", views.decide, name="decide"),
    path("headcounts/lists/<uuid:pk>/cancel", views.cancel, name="cancel"),
]
