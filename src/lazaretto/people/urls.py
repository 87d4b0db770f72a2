"""Addresses of people."""

from django.urls import path

from lazaretto.people import views

app_name = "people"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/new/", views.register, name="register"),
    path("people/duplicates/", views.duplicates, name="duplicates"),
    path("people/compare/<uuid:one>/<uuid:other>/", views.compare, name="compare"),
    path("people/compare/<uuid:one>/<uuid:other>/merge/", views.merge, name="merge"),
    path("people/compare/<uuid:one>/<uuid:other>/different/", views.different, name="different"),
    path("people/compare/<uuid:one>/<uuid:other>/reopen/", views.reopen, name="reopen"),
    path("people/merges/<uuid:merge_id>/undo/", views.undo_merge, name="undo_merge"),
    path("people/<uuid:person_id>/", views.person, name="person"),
    path("people/<uuid:person_id>/edit/", views.edit, name="edit"),
    path("people/<uuid:person_id>/names/", views.add_name, name="add_name"),
    path("people/<uuid:person_id>/names/<uuid:name_id>/remove/", views.remove_name, name="remove_name"),
    path("people/<uuid:person_id>/documents/", views.add_document, name="add_document"),
    path("people/<uuid:person_id>/documents/<uuid:document_id>/", views.correct_document, name="correct_document"),
    path("people/<uuid:person_id>/documents/<uuid:document_id>/remove/", views.remove_document, name="remove_document"),
    path("people/<uuid:person_id>/phones/", views.add_phone, name="add_phone"),
    path("people/<uuid:person_id>/phones/<uuid:contact_id>/remove/", views.remove_phone, name="remove_phone"),
    path("people/<uuid:person_id>/needs/", views.record_need, name="record_need"),
    path("people/<uuid:person_id>/needs/<uuid:need_id>/end/", views.end_need, name="end_need"),
    path("people/<uuid:person_id>/party/", views.join_party, name="join_party"),
    path("people/<uuid:person_id>/party/<uuid:party_id>/leave/", views.leave_party, name="leave_party"),
    path("people/<uuid:person_id>/reveal/<str:what>/<uuid:value_id>/", views.reveal, name="reveal"),
    path("people/<uuid:person_id>/merge-with/", views.merge_with, name="merge_with"),
]
