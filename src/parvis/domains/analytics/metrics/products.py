"""What visits do with one product."""

from parvis.domains.analytics.contracts import Group, MetricKind, Unit
from parvis.domains.analytics.metrics.words import NOTHING, metric

_VIEWED = ("Visits that opened the product's page", "Visites ayant ouvert la page du produit")
METRICS = (
    metric(
        "product_visits",
        Group.PRODUCT,
        MetricKind.COUNT,
        Unit.VISITS,
        name=("Visits to the product", "Visites du produit"),
        definition=(
            "Visits that opened the product's page at least once.",
            "Visites ayant ouvert au moins une fois la page du produit.",
        ),
        numerator=_VIEWED,
        denominator=NOTHING,
    ),
    metric(
        "product_proof_seen_rate",
        Group.PRODUCT,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Proof seen on the product", "Preuve vue sur le produit"),
        definition=(
            "Of the visits to the product, the share that saw a proof about it.",
            "Parmi les visites du produit, la part qui a vu une preuve à son sujet.",
        ),
        numerator=("Those that saw a proof about it", "Celles ayant vu une preuve à son sujet"),
        denominator=_VIEWED,
    ),
    metric(
        "product_click_through",
        Group.PRODUCT,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Proof click-through of the product", "Taux de clic sur preuve du produit"),
        definition=(
            "Of the visits that saw a proof about the product, the share that acted on one.",
            "Parmi les visites ayant vu une preuve sur le produit, la part qui a agi sur l'une d'elles.",
        ),
        numerator=("Visits that saw and clicked", "Visites ayant vu et cliqué"),
        denominator=("Visits that saw a proof about it", "Visites ayant vu une preuve à son sujet"),
    ),
    metric(
        "product_ask_rate",
        Group.PRODUCT,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Ask rate of the product", "Taux de question du produit"),
        definition=(
            "Of the visits to the product, the share that asked about it.",
            "Parmi les visites du produit, la part qui a posé une question à son sujet.",
        ),
        numerator=("Those that asked", "Celles ayant posé une question"),
        denominator=_VIEWED,
        better="",
    ),
    metric(
        "product_add_rate",
        Group.PRODUCT,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Add-to-cart rate of the product", "Taux d'ajout au panier du produit"),
        definition=(
            "Of the visits to the product, the share that put it in the cart.",
            "Parmi les visites du produit, la part qui l'a mis au panier.",
        ),
        numerator=("Those that added it", "Celles l'ayant ajouté"),
        denominator=_VIEWED,
    ),
    metric(
        "product_order_rate",
        Group.PRODUCT,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Visits that order the product", "Visites qui commandent le produit"),
        definition=(
            "Of the visits to the product, the share with a paid order that contains it.",
            "Parmi les visites du produit, la part ayant une commande payée qui le contient.",
        ),
        numerator=("Those that ordered it", "Celles l'ayant commandé"),
        denominator=_VIEWED,
    ),
)
