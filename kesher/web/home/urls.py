from django.urls import path

from kesher.web.home import find, help, preferences

urlpatterns = [
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
    path("help/", help.keys, name="help"),
    path("find/", find.search, name="find"),
]
