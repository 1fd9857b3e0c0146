"""Addresses of the staff's pages; each part keeps its own."""

from django.urls import include, path

from kesher.web import style

urlpatterns = [
    path("", include("kesher.web.home.urls")),
    path("", include("kesher.web.organization.urls")),
    path("", include("kesher.web.customers.urls")),
    path("", include("kesher.web.engagement.urls")),
    path("", include("kesher.web.catalog.urls")),
    path("", include("kesher.web.billing.urls")),
    path("", include("kesher.web.own.urls")),
    path("", include("kesher.web.lists.urls")),
    path("", include("kesher.web.importing.urls")),
    path("", include("kesher.web.archives.urls")),
    path("style/", style.guide, name="style"),
    path("theme.css", style.theme_css, name="theme-css"),
]
