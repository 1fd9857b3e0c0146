from django.urls import path

from kesher.web.home import help, preferences

urlpatterns = [
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
    path("help/", help.keys, name="help"),
]
