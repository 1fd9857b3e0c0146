from django.urls import path

from kesher.web.own import pages

urlpatterns = [
    path("settings/fields/", pages.fields, name="own-fields"),
    path("settings/fields/new/", pages.new, name="own-field-new"),
    path("settings/fields/<int:pk>/", pages.field, name="own-field"),
    path("settings/fields/<int:pk>/retirement/", pages.retirement, name="own-field-retirement"),
    path("settings/fields/<int:pk>/return/", pages.comeback, name="own-field-return"),
    path("settings/fields/<int:pk>/place/", pages.place, name="own-field-place"),
    path("settings/fields/<int:pk>/type/", pages.type_change, name="own-field-type"),
    path("settings/fields/<int:pk>/type/progress/", pages.progress, name="own-field-progress"),
    path(
        "settings/fields/<int:pk>/type/cancelling/", pages.type_cancelling,
        name="own-field-type-cancelling",
    ),
    path(
        "settings/fields/<int:pk>/type/return/", pages.type_return, name="own-field-type-return"
    ),
]  # fmt: skip
