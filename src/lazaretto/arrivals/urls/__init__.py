"""Addresses of arrivals, joined from their topics."""

from lazaretto.arrivals.urls import bus, lists

app_name = "arrivals"
urlpatterns = [*bus.urlpatterns, *lists.urlpatterns]
