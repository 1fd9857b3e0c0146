from django.urls import URLPattern, URLResolver, path

from kesher.web.archives import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/export/", pages.export, name="export-everything"),
    path("import/everything/<str:key>/", pages.archive, name="archive"),
    path("import/everything/<str:key>/start/", pages.start, name="archive-start"),
    path("import/everything/<str:key>/progress/", pages.progress, name="archive-progress"),
    path("import/everything/<str:key>/cancelling/", pages.cancel, name="archive-cancelling"),
    path("import/everything/<str:key>/undoing/", pages.undo, name="archive-undoing"),
]
