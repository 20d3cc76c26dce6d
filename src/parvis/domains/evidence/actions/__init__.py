"""What changes evidence: follow voices, products and terms, rebuild everything, fill in vectors, learn from clicks;
draw orders of quotes; and what the team decides about proofs on pages: rights of photos and videos, widgets."""

from parvis.domains.evidence.actions.crawlers import set_crawler
from parvis.domains.evidence.actions.faq import (
    approve_faq,
    decline_faq,
    follow_faq,
    hear,
    propose_faq,
    recompose_faq,
    retract_faq,
    start_faq,
    translate_faq,
    unhear,
)
from parvis.domains.evidence.actions.learning import learn
from parvis.domains.evidence.actions.looking import audit_page, keep_look, keep_simulation
from parvis.domains.evidence.actions.ordering import plan_orders
from parvis.domains.evidence.actions.rebuild import rebuild
from parvis.domains.evidence.actions.refresh import follow_policies, follow_products, refresh
from parvis.domains.evidence.actions.renewing import renew
from parvis.domains.evidence.actions.rights import end_right, grant_right, turn_rights
from parvis.domains.evidence.actions.vectors import arrange, fill_vectors
from parvis.domains.evidence.actions.widgets import delete_widget, make_widget, renew_widget, set_widget_active

__all__ = [
    "approve_faq",
    "arrange",
    "audit_page",
    "decline_faq",
    "delete_widget",
    "end_right",
    "fill_vectors",
    "follow_faq",
    "follow_policies",
    "follow_products",
    "grant_right",
    "hear",
    "keep_look",
    "keep_simulation",
    "learn",
    "make_widget",
    "plan_orders",
    "propose_faq",
    "rebuild",
    "recompose_faq",
    "refresh",
    "renew",
    "renew_widget",
    "retract_faq",
    "set_crawler",
    "set_widget_active",
    "start_faq",
    "translate_faq",
    "turn_rights",
    "unhear",
]
