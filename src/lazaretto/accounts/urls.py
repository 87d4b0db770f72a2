"""Addresses of accounts."""

from django.urls import path

from lazaretto.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("set-up/", views.set_up, name="set_up"),
    path("account/password/", views.own_password, name="own_password"),
]
