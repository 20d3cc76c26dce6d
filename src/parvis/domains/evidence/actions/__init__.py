"""What changes evidence: follow voices, rebuild everything."""

from parvis.domains.evidence.actions.rebuild import rebuild
from parvis.domains.evidence.actions.refresh import refresh

__all__ = ["rebuild", "refresh"]
