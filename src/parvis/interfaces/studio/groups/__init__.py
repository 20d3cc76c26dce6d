"""Groups of voices with nearly the same words from several people: looked at and decided about as one."""

from parvis.interfaces.studio.groups.views import group, groups

__all__ = ["group", "groups"]
