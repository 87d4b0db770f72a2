"""Stays: the list, the file of each, what can be done to one, its papers."""

from django.urls import path

from lazaretto.stays.views import papers, stay

_ONE = "sites/<str:code>/stays/<str:number>"

urlpatterns = [
    path("stays/<str:number>", stay.by_number, name="stay_by_number"),
    path("sites/<str:code>/stays", stay.listing, name="stays"),
    path(_ONE, stay.show, name="stay"),
    path(f"{_ONE}/move", stay.move, name="move"),
    path(f"{_ONE}/extend", stay.extend, name="extend"),
    path(f"{_ONE}/extend/withdraw", stay.withdraw_extension, name="withdraw_extension"),
    path(f"{_ONE}/release-early", stay.release_early, name="release_early"),
    path(f"{_ONE}/end", stay.end, name="end"),
    path(f"{_ONE}/observe", stay.observe, name="observe"),
    path(f"{_ONE}/specimen", stay.specimen, name="specimen"),
    path(f"{_ONE}/excuse", stay.excuse_test, name="excuse_test"),
    path(f"{_ONE}/order.pdf", papers.order, name="order_paper"),
    path(f"{_ONE}/notices/<uuid:change>.pdf", papers.notice, name="notice_paper"),
    path(f"{_ONE}/door-card.pdf", papers.door_card, name="door_card"),
    path(f"{_ONE}/guest-card.pdf", papers.guest_card, name="guest_card"),
]
