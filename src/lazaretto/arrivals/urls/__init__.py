"""Addresses of arrivals, joined from their topics."""

from lazaretto.arrivals.urls import bus

app_name = "arrivals"
urlpatterns = [*bus.urlpatterns]
