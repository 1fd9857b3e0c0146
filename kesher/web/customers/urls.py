from django.urls import URLPattern, URLResolver, path

from kesher.web.customers import composer, fields, live, page, side, timeline

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/<int:pk>/", page.customer, name="customer"),
    path("customers/<int:pk>/header/", page.header, name="customer-header"),
    path("customers/<int:pk>/peek/", page.peek, name="customer-peek"),
    path("customers/<int:pk>/timeline/", timeline.timeline, name="customer-timeline"),
    path("customers/<int:pk>/side/", side.side, name="customer-side"),
    path("customers/<int:pk>/files/", side.files, name="customer-files"),
    path("customers/<int:pk>/fields/<slug:name>/", fields.field, name="customer-field"),
    path("customers/<int:pk>/touches/", composer.compose, name="customer-compose"),
    path("customers/<int:pk>/draft/", composer.draft, name="customer-draft"),
    path("customers/<int:pk>/next/", composer.next_step, name="customer-next"),
    path("customers/<int:pk>/presence/", live.presence, name="customer-presence"),
]
