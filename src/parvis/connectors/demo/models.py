"""What the demo has done already, so that doing it again changes nothing."""

from django.db import models


class Milestone(models.Model):
    """A step that is done: "catalogue", "reviews", "cast". ``detail`` holds what later steps need of it."""

    name = models.CharField(max_length=40, primary_key=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class SimulatedDay(models.Model):
    """A day that was simulated, with what it brought. A day is simulated once, whatever the seed."""

    day = models.DateField(primary_key=True)
    seed = models.BigIntegerField()
    visits = models.IntegerField()
    events = models.IntegerField()
    orders = models.IntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)
