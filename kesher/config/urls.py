from django.urls import include, path

urlpatterns = [
    path("account/", include("kesher.web.organization.account_urls")),
    path("", include("kesher.web.urls")),
]
