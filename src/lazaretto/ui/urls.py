from django.urls import path

from lazaretto.ui import styleguide, views

app_name = "ui"
urlpatterns = [
    path("preferences/theme", views.set_theme, name="theme"),
    path("preferences/language", views.set_language, name="language"),
    path("styleguide/", styleguide.page, name="styleguide"),
    path("styleguide/<slug:part>/", styleguide.page, name="styleguide_part"),
]
