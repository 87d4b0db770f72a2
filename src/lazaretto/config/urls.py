"""All addresses."""

from django.urls import include, path

urlpatterns = [
    path("", include("lazaretto.ui.urls")),
]

handler400 = "lazaretto.ui.views.bad_request"
handler403 = "lazaretto.ui.views.forbidden"
handler404 = "lazaretto.ui.views.not_found"
handler500 = "lazaretto.ui.views.server_error"
