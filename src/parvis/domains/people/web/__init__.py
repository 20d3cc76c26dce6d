"""Who stands at the door: the signed-in member of staff or customer, and what a page asks of them."""

from parvis.domains.people.web.access import current_customer, current_staff, refuse, requires
from parvis.domains.people.web.address import client_address

__all__ = ["client_address", "current_customer", "current_staff", "refuse", "requires"]
