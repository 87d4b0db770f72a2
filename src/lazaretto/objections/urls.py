"""Addresses of objections."""

from django.urls import URLPattern

app_name = "objections"
urlpatterns: list[URLPattern] = []
