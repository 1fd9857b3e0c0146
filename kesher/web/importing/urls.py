from django.urls import URLPattern, URLResolver, path

from kesher.web.importing import acts, pages, source_acts, sources

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
    path("import/sources/", sources.index, name="sources"),
    path("import/sources/new/", sources.new, name="source-new"),
    path("import/sources/<int:pk>/", sources.source, name="source"),
    path("import/sources/<int:pk>/change/", source_acts.change, name="source-change"),
    path("import/sources/<int:pk>/fetching/", source_acts.fetch, name="source-fetching"),
    path("import/sources/<int:pk>/pausing/", source_acts.pause, name="source-pausing"),
    path("import/sources/<int:pk>/columns/", source_acts.columns, name="source-columns"),
    path("import/conflicts/<int:pk>/", source_acts.answer, name="source-conflict"),
    path("import/sources/<int:pk>/deleting/", source_acts.delete, name="source-deleting"),
]
