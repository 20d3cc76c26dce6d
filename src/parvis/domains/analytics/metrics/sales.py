"""What is sold."""

from parvis.domains.analytics.contracts import Group, MetricKind, Unit
from parvis.domains.analytics.metrics.words import ALL_ORDERS, NOTHING, VISITS, metric

METRICS = (
    metric(
        "orders",
        Group.SALES,
        MetricKind.COUNT,
        Unit.ORDERS,
        name=("Orders", "Commandes"),
        definition=("Orders paid on the day.", "Commandes payées dans la journée."),
        numerator=("Paid orders", "Commandes payées"),
        denominator=NOTHING,
        exclusions=ALL_ORDERS,
    ),
    metric(
        "revenue",
        Group.SALES,
        MetricKind.COUNT,
        Unit.MONEY,
        name=("Revenue", "Chiffre d'affaires"),
        definition=(
            "Totals of the orders paid, taxes and shipping included; refunds are not subtracted.",
            "Totaux des commandes payées, taxes et livraison comprises ; les remboursements ne sont pas déduits.",
        ),
        numerator=("Totals of paid orders", "Totaux des commandes payées"),
        denominator=NOTHING,
        exclusions=ALL_ORDERS,
    ),
    metric(
        "cvr",
        Group.SALES,
        MetricKind.RATE,
        Unit.PER_VISIT,
        name=("Conversion rate (CVR)", "Taux de conversion (CVR)"),
        definition=("Paid orders for each visit.", "Commandes payées par visite."),
        numerator=("Orders paid in a visit", "Commandes payées dans une visite"),
        denominator=VISITS,
    ),
    metric(
        "revenue_per_visit",
        Group.SALES,
        MetricKind.MEAN,
        Unit.MONEY,
        name=("Revenue per visit", "Chiffre d'affaires par visite"),
        definition=(
            "Mean over all visits of what was paid in them; most visits count as zero.",
            "Moyenne, sur toutes les visites, de ce qui y a été payé ; la plupart comptent pour zéro.",
        ),
        numerator=("Totals of orders paid in a visit", "Totaux des commandes payées dans une visite"),
        denominator=VISITS,
    ),
    metric(
        "average_order_value",
        Group.SALES,
        MetricKind.MEAN,
        Unit.MONEY,
        name=("Average order value", "Panier moyen"),
        definition=("Mean total of paid orders.", "Total moyen des commandes payées."),
        numerator=("Totals of paid orders", "Totaux des commandes payées"),
        denominator=("Paid orders", "Commandes payées"),
        exclusions=ALL_ORDERS,
    ),
)
