from django.urls import path

from kesher.web.home import find, help, preferences, today

urlpatterns = [
    path("", today.today, name="today"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
    path("help/", help.keys, name="help"),
    path("find/", find.search, name="find"),
]
