"""What people do on the shop."""

from parvis.domains.analytics.contracts import Group, MetricKind, Unit
from parvis.domains.analytics.metrics.words import NOTHING, VISITS, metric

METRICS = (
    metric(
        "visits",
        Group.VISITS,
        MetricKind.COUNT,
        Unit.VISITS,
        name=("Visits", "Visites"),
        definition=(
            "A visit is everything one browser does on the shop in one day of the brand's time zone. Nobody is "
            "followed from one day to the next for it.",
            "Une visite est tout ce qu'un navigateur fait sur la boutique en une journée du fuseau horaire de la "
            "marque. Personne n'est suivi d'un jour à l'autre pour cela.",
        ),
        numerator=("Distinct visits of the day, added up over the days", "Visites distinctes du jour, additionnées"),
        denominator=NOTHING,
        better="up",
    ),
    metric(
        "product_views",
        Group.VISITS,
        MetricKind.COUNT,
        Unit.VIEWS,
        name=("Product views", "Vues de produits"),
        definition=(
            "How many times a product page was opened.",
            "Combien de fois une page produit a été ouverte.",
        ),
        numerator=("Openings of a product page", "Ouvertures d'une page produit"),
        denominator=NOTHING,
    ),
    metric(
        "ask_rate",
        Group.VISITS,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Ask rate", "Taux de question"),
        definition=(
            "Share of visits that asked at least one question in the ask box.",
            "Part des visites qui ont posé au moins une question dans la zone de question.",
        ),
        numerator=("Visits that asked", "Visites avec question"),
        denominator=VISITS,
        better="",
    ),
    metric(
        "answered_share",
        Group.VISITS,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Answered share", "Part de questions répondues"),
        definition=(
            "Share of questions that voices could answer; the others were told that nobody has said.",
            "Part des questions auxquelles des avis ont pu répondre ; aux autres, il a été dit que personne n'en a "
            "parlé.",
        ),
        numerator=("Questions answered by quotes", "Questions répondues par des citations"),
        denominator=("Questions asked, outcome known", "Questions posées, issue connue"),
    ),
    metric(
        "add_to_cart_rate",
        Group.VISITS,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Add-to-cart rate", "Taux d'ajout au panier"),
        definition=(
            "Share of visits that put at least one product in the cart.",
            "Part des visites qui ont mis au moins un produit au panier.",
        ),
        numerator=("Visits that added to the cart", "Visites avec ajout au panier"),
        denominator=VISITS,
    ),
    metric(
        "checkout_rate",
        Group.VISITS,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Checkout start", "Passage à la commande"),
        definition=(
            "Share of visits that opened the checkout page.",
            "Part des visites qui ont ouvert la page de commande.",
        ),
        numerator=("Visits that opened the checkout", "Visites ayant ouvert la commande"),
        denominator=VISITS,
    ),
    metric(
        "order_rate",
        Group.VISITS,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Visits that order", "Visites qui commandent"),
        definition=(
            "Share of visits with at least one paid order: the last step of the funnel.",
            "Part des visites ayant au moins une commande payée : la dernière étape de l'entonnoir.",
        ),
        numerator=("Visits with a paid order", "Visites avec commande payée"),
        denominator=VISITS,
    ),
    metric(
        "step_rate",
        Group.VISITS,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("From the step before", "Depuis l'étape précédente"),
        definition=(
            "Of the visits at one step of the funnel, the share that is also at the next one. Steps may be skipped: "
            "one can buy without asking.",
            "Parmi les visites présentes à une étape de l'entonnoir, la part présente aussi à la suivante. Une étape "
            "peut être sautée : on peut acheter sans poser de question.",
        ),
        numerator=("Visits at both steps", "Visites aux deux étapes"),
        denominator=("Visits at the step before", "Visites à l'étape précédente"),
        better="",
    ),
)
