"""Addresses of every list: each has the same ones under its own."""

from django.urls import URLPattern, path

from kesher.surface.lists.declaring import Listing
from kesher.web.catalog.product_list import PRODUCTS
from kesher.web.customers.list import CUSTOMERS
from kesher.web.engagement import task_list
from kesher.web.engagement.do_not_contact_list import DO_NOT_CONTACT
from kesher.web.engagement.task_list import TASKS
from kesher.web.lists import building, cells, density, files, many, pages, saved
from kesher.web.organization.member_list import MEMBERS


def list_urls(prefix: str, listing: Listing) -> list[URLPattern]:
    """The addresses of one list."""
    given, name = {"listing": listing}, listing.name
    own = [path(f"{prefix}<int:pk>/peek/", pages.peek, given, name=f"{name}-peek")]
    return [
        *([] if listing.peek_at else own),
        path(prefix, pages.index, given, name=name),
        path(f"{prefix}counts/", pages.counts, given, name=f"{name}-counts"),
        path(f"{prefix}group/", pages.group, given, name=f"{name}-group"),
        path(f"{prefix}filter/", building.build, given, name=f"{name}-filter"),
        path(f"{prefix}columns/", building.columns, given, name=f"{name}-columns"),
        path(f"{prefix}groups/", building.groups, given, name=f"{name}-groups"),
        path(f"{prefix}bulk/", many.act, given, name=f"{name}-bulk"),
        path(f"{prefix}export/", files.export, given, name=f"{name}-export"),
        path(f"{prefix}views/new/", saved.new, given, name=f"{name}-view-new"),
        path(f"{prefix}views/<int:pk>/", saved.edit, given, name=f"{name}-view-edit"),
        path(f"{prefix}views/<int:pk>/query/", saved.keep, given, name=f"{name}-view-keep"),
        path(f"{prefix}views/<int:pk>/drop/", saved.drop, given, name=f"{name}-view-drop"),
        path(
            f"{prefix}views/restoration/<str:batch>/", saved.restore, given,
            name=f"{name}-view-restore",
        ),
        path(f"{prefix}<int:pk>/row/", pages.row, given, name=f"{name}-row"),
        path(f"{prefix}<int:pk>/cell/<slug:name>/", cells.cell, given, name=f"{name}-cell"),
    ]  # fmt: skip


urlpatterns = [
    *list_urls("customers/", CUSTOMERS),
    *list_urls("tasks/", TASKS),
    *list_urls("products/", PRODUCTS),
    *list_urls("do-not-contact/", DO_NOT_CONTACT),
    *list_urls("settings/members/", MEMBERS),
    path("tasks/<int:pk>/row/completion/", task_list.finish, name="task-finish"),
    path("tasks/<int:pk>/row/reopening/", task_list.reopen, name="task-row-reopen"),
    path("lists/density/", density.choose, name="list-density"),
    path("lists/work/<str:key>/", many.work, name="list-work"),
    path("lists/work/<str:key>/cancel/", many.cancel, name="list-work-cancel"),
    path("lists/files/<str:key>/", files.fetch, name="list-file"),
    path("undo/<str:batch>/", many.undo, name="undo"),
]
