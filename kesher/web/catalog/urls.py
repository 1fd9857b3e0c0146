from django.urls import path

from kesher.web.catalog import products

urlpatterns = [
    path("products/new/", products.new, name="product-new"),
    path("products/<int:pk>/", products.product, name="product"),
    path("products/<int:pk>/price/", products.price, name="product-price"),
    path("products/<int:pk>/archiving/", products.archiving, name="product-archiving"),
]
