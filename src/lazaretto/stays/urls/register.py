"""The exit register."""

from django.urls import path

from lazaretto.stays.views import register

urlpatterns = [
    path("registers", register.index, name="registers"),
    path("sites/<str:code>/register", register.show, name="register"),
    path("sites/<str:code>/register.pdf", register.paper, name="register_paper"),
]
