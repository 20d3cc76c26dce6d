"""What moved from one customer to another when the two turned out to be one person."""

from django.db import models


class Moved(models.Model):
    """An order, card, cart, checkout or wish (``kind``) that came to the kept customer by a merge, so that it can go
    back."""

    merge_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    row_id = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("merge_id", "kind", "row_id"), name="checkout_moved_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id} by {self.merge_id}"
