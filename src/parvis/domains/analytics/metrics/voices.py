"""What people say, and how fast it is shown."""

from parvis.domains.analytics.contracts import Group, MetricKind, Text, Unit
from parvis.domains.analytics.metrics.words import metric

_OWN = Text(
    en="Imported voices and those of the demo's data set are left out: they were not waiting here.",
    fr="Les avis importés et ceux du jeu de démonstration sont exclus : ils n'attendaient pas ici.",
)
METRICS = (
    metric(
        "publication_delay",
        Group.VOICES,
        MetricKind.DURATION,
        Unit.SECONDS,
        name=("Publication delay (median)", "Délai de publication (médiane)"),
        definition=(
            "Half of the voices published in the period waited less than this between arriving and being public.",
            "La moitié des avis publiés dans la période ont attendu moins que cela entre l'arrivée et la publication.",
        ),
        numerator=("Median wait", "Attente médiane"),
        denominator=("Voices published", "Avis publiés"),
        exclusions=_OWN,
        better="down",
    ),
    metric(
        "publication_delay_p95",
        Group.VOICES,
        MetricKind.DURATION,
        Unit.SECONDS,
        name=("Publication delay (95th percentile)", "Délai de publication (95e centile)"),
        definition=(
            "19 of 20 voices published in the period waited less than this.",
            "19 avis publiés sur 20 dans la période ont attendu moins que cela.",
        ),
        numerator=("95th percentile of the wait", "95e centile de l'attente"),
        denominator=("Voices published", "Avis publiés"),
        exclusions=_OWN,
        better="down",
    ),
    metric(
        "review_rate",
        Group.VOICES,
        MetricKind.RATE,
        Unit.PER_ORDER,
        name=("Reviews per order", "Avis par commande"),
        definition=(
            "Reviews written on the shop for each order paid in the same period; a review may belong to an earlier "
            "order.",
            "Avis déposés sur la boutique par commande payée dans la même période ; un avis peut concerner une "
            "commande antérieure.",
        ),
        numerator=("Reviews submitted on the shop", "Avis déposés sur la boutique"),
        denominator=("Paid orders", "Commandes payées"),
        exclusions=_OWN,
    ),
)
