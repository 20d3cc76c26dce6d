"""The words of people: roles, permissions, scopes, purposes."""

from enum import StrEnum


class Role(StrEnum):
    """What a member of the brand's team is there for; :func:`rules.permissions_of` says what each may do."""

    OWNER = "owner"
    MARKETER = "marketer"
    CARE = "care"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What a page or an address of the studio may ask for."""

    METRICS_VIEW = "metrics.view"
    VOICES_VIEW = "voices.view"
    VOICES_MODERATE = "voices.moderate"
    CATALOG_VIEW = "catalog.view"
    CATALOG_EDIT = "catalog.edit"
    STOCK_EDIT = "stock.edit"
    ORDERS_VIEW = "orders.view"
    ORDERS_SHIP = "orders.ship"
    ORDERS_REFUND = "orders.refund"
    OFFERS_EDIT = "offers.edit"
    CUSTOMERS_VIEW = "customers.view"
    CUSTOMERS_EDIT = "customers.edit"
    SETTINGS_EDIT = "settings.edit"
    STAFF_EDIT = "staff.edit"
    IMPORTS_RUN = "imports.run"
    INVITATIONS_EDIT = "invitations.edit"
    PROOF_EDIT = "proof.edit"
    COPY_VIEW = "copy.view"
    COPY_EDIT = "copy.edit"
    COPY_APPROVE = "copy.approve"
    TOKENS_EDIT = "tokens.edit"
    WEBHOOKS_EDIT = "webhooks.edit"
    AGENTS_VIEW = "agents.view"
    AGENTS_EDIT = "agents.edit"


class Scope(StrEnum):
    """What an API token may do."""

    VOICES_READ = "voices:read"
    VOICES_WRITE = "voices:write"
    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    EVIDENCE_READ = "evidence:read"
    ASSISTANT_ASK = "assistant:ask"
    METRICS_READ = "metrics:read"
    WEBHOOKS_WRITE = "webhooks:write"
    CHECKOUT_READ = "checkout:read"
    CHECKOUT_WRITE = "checkout:write"


class Purpose(StrEnum):
    """What a person can agree to, each on its own."""

    ANALYTICS = "analytics"
    MARKETING = "marketing"
    PUBLICATION = "publication"
