"""What the brand changed of the sets of aspects, and which set each category of its catalogue is read with."""

from django.db import models


class Aspect(models.Model):
    """A bundled aspect as the brand changed it, or an aspect of its own. ``kinds`` of product (empty: all); ``cues``
    is a list of {language, cue, polarity}, used before the bundled ones."""

    key = models.SlugField(max_length=40, unique=True)
    name_en = models.CharField(max_length=60)
    name_fr = models.CharField(max_length=60)
    pro_en = models.CharField(max_length=80, blank=True, default="")
    pro_fr = models.CharField(max_length=80, blank=True, default="")
    con_en = models.CharField(max_length=80, blank=True, default="")
    con_fr = models.CharField(max_length=80, blank=True, default="")
    kinds = models.JSONField(default=list, blank=True)
    cues = models.JSONField(default=list, blank=True)
    active = models.BooleanField(default=True)
    changed_by = models.ForeignKey("people.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class CategoryKind(models.Model):
    """The kind of product that the brand gave a category of its catalogue."""

    category_key = models.SlugField(max_length=80, unique=True)
    kind = models.SlugField(max_length=20)

    def __str__(self) -> str:
        return f"{self.category_key}: {self.kind}"
