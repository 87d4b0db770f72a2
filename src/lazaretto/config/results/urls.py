"""The only addresses that the process of own results knows, and the names that the frame of its pages relies on."""

from django.urls import include, path

from lazaretto.tubes.views import own

results = ([path("r/<str:token>", own.result, name="own")], "tubes")
urlpatterns = [
    path("", include(results)),
    path("", include("lazaretto.ui.urls")),  # the front serves them
]
handler404 = "lazaretto.ui.views.not_found"
handler500 = "lazaretto.config.results.calm.server_error"
