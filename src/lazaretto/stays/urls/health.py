"""Rounds, specimens, release."""

from django.urls import path

from lazaretto.stays.views import rounds

urlpatterns = [
    path("sites/<str:code>/rounds", rounds.rounds, name="rounds"),
    path("sites/<str:code>/rounds/save", rounds.save_door, name="save_door"),
]
