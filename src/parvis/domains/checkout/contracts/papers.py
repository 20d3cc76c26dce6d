"""Who sells, and the papers that say so: invoices and credit notes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parvis.core.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Seller:
    """The seller's identity as the law wants it on papers and pages. ``address`` has several lines; ``fictitious``:
    it belongs to a demonstration and every paper says so. Without ``name``, ``address`` and ``registration`` no invoice
    can be made."""

    name: str = ""
    form: str = ""  # legal form and capital: "SAS au capital de 10 000 €"
    address: str = ""
    country: str = "FR"
    registration: str = ""  # SIREN or SIRET and the register: "RCS Paris 123 456 789"
    vat_number: str = ""
    email: str = ""
    phone: str = ""
    mediator: str = ""  # name and address of the consumer mediator
    fictitious: bool = False

    @property
    def complete(self) -> bool:
        return bool(self.name and self.address and self.registration)


class PaperKind(StrEnum):
    INVOICE = "invoice"
    CREDIT = "credit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Billing:
    """Who an invoice is made out to when it is a business: its name, and its VAT number where it has one."""

    company: str = ""
    vat_number: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """An invoice or a credit note that was made. ``number`` is of an unbroken sequence of its kind and year;
    ``sha256`` is of its bytes, which never change."""

    id: int
    kind: PaperKind
    number: str
    order_id: int
    refund_id: int | None
    locale: str
    total: Money
    sha256: str
    issued_at: datetime
