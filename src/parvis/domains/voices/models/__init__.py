"""Tables. What a voice says is never changed; what is decided about it is a trail that only grows."""

from parvis.domains.voices.models.decision import Decision
from parvis.domains.voices.models.importing import ImportRun
from parvis.domains.voices.models.reading import Reading
from parvis.domains.voices.models.voice import Media, Voice
from parvis.domains.voices.models.vote import Vote

__all__ = ["Decision", "ImportRun", "Media", "Reading", "Voice", "Vote"]
