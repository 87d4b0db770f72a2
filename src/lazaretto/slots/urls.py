"""Addresses of slots."""

from django.urls import path

from lazaretto.slots import views

app_name = "slots"
urlpatterns = [
    path("testing/<uuid:round_id>/slots", views.slots, name="slots"),
    path("testing/<uuid:round_id>/slots/propose", views.propose, name="propose"),
    path("testing/<uuid:round_id>/slots/anew", views.anew, name="anew"),
    path("testing/<uuid:round_id>/slots/notices", views.notices, name="notices"),
    path("testing/<uuid:round_id>/slots/notices/paper", views.papers_of_all, name="papers"),
    path("testing/<uuid:round_id>/slots/notices/list.xlsx", views.notice_list, name="notice_list"),
    path("testing/<uuid:round_id>/slots/notices/all", views.tell_all, name="tell_all"),
    path("testing/<uuid:round_id>/slots/notices/<uuid:organisation_id>", views.notice, name="notice"),
    path("testing/<uuid:round_id>/slots/notices/<uuid:organisation_id>/paper", views.paper, name="paper"),
    path("testing/<uuid:round_id>/slots/notices/<uuid:organisation_id>/tell", views.tell, name="tell"),
    path("testing/<uuid:round_id>/slots/notices/<uuid:organisation_id>/confirm", views.confirm, name="confirm"),
    path("testing/<uuid:round_id>/supplies", views.supplies, name="supplies"),
    path("testing/<uuid:round_id>/supplies.pdf", views.supplies_pdf, name="supplies_pdf"),
    path("testing/<uuid:round_id>/supplies.xlsx", views.supplies_xlsx, name="supplies_xlsx"),
    path("testing/slots/proposals/<uuid:proposal_id>", views.proposal, name="proposal"),
    path("testing/slots/proposals/<uuid:proposal_id>/improve", views.improve, name="improve"),
    path("testing/slots/proposals/<uuid:proposal_id>/accept", views.accept, name="accept"),
    path("testing/slots/<uuid:slot_id>", views.one, name="slot"),
    path("testing/slots/<uuid:slot_id>/move", views.move, name="move"),
    path("testing/slots/<uuid:slot_id>/cancel", views.cancel, name="cancel"),
]
