"""The patrol and the breach register."""

from django.urls import path

from lazaretto.stays.views import breaches

urlpatterns = [
    path("sites/<str:code>/patrol", breaches.patrol, name="patrol"),
    path("sites/<str:code>/patrol/<str:number>", breaches.check, name="check_door"),
    path("sites/<str:code>/breaches", breaches.register, name="breaches"),
    path("sites/<str:code>/breaches/new", breaches.report, name="report_breach"),
    path("sites/<str:code>/breaches/<uuid:breach>/close", breaches.close, name="close_breach"),
]
