"""Addresses of accounts."""

from django.urls import path

from lazaretto.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("set-up/", views.set_up, name="set_up"),
    path("account/", views.own, name="own"),
    path("account/password/", views.own_password, name="own_password"),
    path("account/tokens/<uuid:pk>/revoke", views.revoke_token, name="revoke_token"),
    path("accounts/users/", views.users, name="users"),
    path("accounts/users/new/", views.new_user, name="new_user"),
    path("accounts/users/<int:pk>/", views.user, name="user"),
    path("accounts/units/", views.units, name="units"),
    path("accounts/units/new/", views.new_unit, name="new_unit"),
    path("accounts/units/<uuid:pk>/", views.unit, name="unit"),
    path("accounts/roles/", views.role_table, name="roles"),
    path("journal/", views.entries, name="journal"),
]
