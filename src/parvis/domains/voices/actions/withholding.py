"""Photos and videos that may not be shown: the one place that every page, feed and file asks."""

from collections.abc import Collection

from parvis.domains.voices import models

VIDEO = "video"  # stands for the voice's one video among paths


def withhold(*, voice_id: int, hidden: Collection[str], closed: Collection[str]) -> bool:
    """Keep exactly these photos (paths) and the video (VIDEO) of a voice off our own pages (``hidden``), and the files
    of those that may be shown nowhere from everybody but the team and the author (``closed``); all others are free
    again. Whether anything changed. Idempotent.
    """
    moved = 0
    for name, paths in (("hidden", set(hidden)), ("closed", set(closed))):
        photos = models.Media.objects.filter(voice_id=voice_id)
        moved += photos.filter(path__in=paths, **{name: False}).update(**{name: True})
        moved += photos.filter(**{name: True}).exclude(path__in=paths).update(**{name: False})
        film = models.Video.objects.filter(voice_id=voice_id).exclude(**{name: VIDEO in paths})
        moved += film.update(**{name: VIDEO in paths})
    return moved > 0
