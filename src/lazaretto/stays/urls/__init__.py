"""Addresses of stays, joined from their topics."""

from lazaretto.stays.urls import board, breaches, health, register, stay

app_name = "stays"
urlpatterns = [
    *board.urlpatterns,
    *stay.urlpatterns,
    *register.urlpatterns,
    *breaches.urlpatterns,
    *health.urlpatterns,
]
