"""Addresses of trips."""

from django.urls import URLPattern

app_name = "trips"
urlpatterns: list[URLPattern] = []
