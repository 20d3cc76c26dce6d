"""Papers that can be printed: invoices, credit notes, slips of returns."""

from parvis.domains.checkout.actions.papers.issuing import SellerUnknown, issue_credit, issue_invoice
from parvis.domains.checkout.actions.papers.slip import return_slip

__all__ = ["SellerUnknown", "issue_credit", "issue_invoice", "return_slip"]
