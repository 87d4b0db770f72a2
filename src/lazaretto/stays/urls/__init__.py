"""Addresses of stays, joined from their topics."""

from lazaretto.stays.urls import health

app_name = "stays"
urlpatterns = [*health.urlpatterns]
