"""What changes evidence: follow voices, products and terms, rebuild everything, fill in vectors, learn from clicks."""

from parvis.domains.evidence.actions.learning import learn
from parvis.domains.evidence.actions.rebuild import rebuild
from parvis.domains.evidence.actions.refresh import follow_policies, follow_products, refresh
from parvis.domains.evidence.actions.vectors import fill_vectors

__all__ = ["fill_vectors", "follow_policies", "follow_products", "learn", "rebuild", "refresh"]
