"""What we know of an order, in the fields of Stripe's dispute form."""

from collections.abc import Mapping

# Our word -> Stripe's field; what has none goes into the free text, under its name.
FIELDS: Mapping[str, str] = {
    "customer_name": "customer_name",
    "customer_email": "customer_email_address",
    "articles": "product_description",
    "shipping_address": "shipping_address",
    "shipped_on": "shipping_date",
    "carrier": "shipping_carrier",
    "tracking": "shipping_tracking_number",
    "refund_policy": "refund_policy_disclosure",
    "visits": "access_activity_log",
}
# Stripe takes 150,000 characters in all.
LONGEST = 20_000


def to_stripe(evidence: Mapping[str, str]) -> dict[str, str]:
    """The form of a dispute's evidence."""
    form = {FIELDS[name]: text[:LONGEST] for name, text in evidence.items() if text and name in FIELDS}
    rest = [f"{name}:\n{text}" for name, text in evidence.items() if text and name not in FIELDS]
    if rest:
        form["uncategorized_text"] = "\n\n".join(rest)[:LONGEST]
    return form
