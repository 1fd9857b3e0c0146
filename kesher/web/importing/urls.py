from django.urls import URLPattern, URLResolver, path

from kesher.web.importing import acts, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("import/", pages.index, name="import"),
    path("import/<int:pk>/", pages.file, name="import-file"),
    path("import/<int:pk>/columns/", acts.columns, name="import-columns"),
    path("import/<int:pk>/settling/", acts.settle, name="import-settling"),
    path("import/<int:pk>/start/", acts.start, name="import-start"),
    path("import/<int:pk>/progress/", pages.progress, name="import-progress"),
    path("import/<int:pk>/cancelling/", acts.cancel, name="import-cancelling"),
    path("import/<int:pk>/undoing/", acts.undo, name="import-undoing"),
    path("import/<int:pk>/refused/", acts.refused, name="import-refused"),
]
