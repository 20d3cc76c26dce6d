"""How far what is derived has followed the code that derives it."""

from django.db import models


class Renewal(models.Model):
    """One row. ``version``: that of the code which derived everything there is (see actions.renewing), None where
    nothing had been derived when the tables were made. ``phase`` and ``after`` tell how far a renewal has come."""

    version = models.PositiveIntegerField(null=True)
    phase = models.CharField(max_length=10, default="voices")
    after = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"derived by version {self.version}"
