from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    """Something that is sold, by its name."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    code = models.CharField(_("code"), max_length=60, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    def __str__(self):
        return self.name
