"""Sentences that several definitions share, in both languages."""

from parvis.domains.analytics.contracts import Group, Metric, MetricKind, Text, Unit

PEOPLE = Text(
    en="Machines are left out (they are counted apart). Simulated visits count, and their share is shown.",
    fr="Les robots sont exclus (ils sont comptés à part). Les visites simulées comptent, et leur part est affichée.",
)
CHOSEN = Text(
    en=PEOPLE.en + " Visits that see proof chose to look further: this is an association, not an effect.",
    fr=PEOPLE.fr + " Les visites qui voient une preuve ont choisi d'aller plus loin : c'est une association, "
    "pas un effet.",
)
ALL_ORDERS = Text(
    en="None: every paid order counts, whatever its channel. Simulated orders count, and are marked as such.",
    fr="Aucune : toute commande payée compte, quel que soit son canal. Les commandes simulées comptent et sont "
    "signalées.",
)
INTERVALS: dict[MetricKind, Text] = {
    MetricKind.COUNT: Text(
        en="None: counted, not estimated. Changes are compared day with day (paired Student interval).",
        fr="Aucun : compté, non estimé. Les évolutions sont comparées jour par jour (intervalle de Student apparié).",
    ),
    MetricKind.PROPORTION: Text(
        en="Wilson score interval, 95 %; differences by Newcombe's method.",
        fr="Intervalle du score de Wilson à 95 % ; différences par la méthode de Newcombe.",
    ),
    MetricKind.RATE: Text(
        en="Exact Poisson interval (Garwood), 95 %; differences by variance recovery.",
        fr="Intervalle de Poisson exact (Garwood) à 95 % ; différences par recouvrement des variances.",
    ),
    MetricKind.MEAN: Text(
        en="Student's interval of the mean, 95 %; differences by variance recovery.",
        fr="Intervalle de Student de la moyenne à 95 % ; différences par recouvrement des variances.",
    ),
    MetricKind.DURATION: Text(
        en="Interval between order statistics, 95 %, whatever the distribution; differences by variance recovery.",
        fr="Intervalle entre statistiques d'ordre à 95 %, sans hypothèse de loi ; différences par recouvrement des "
        "variances.",
    ),
    MetricKind.DIFFERENCE: Text(
        en="From the intervals of both rates by variance recovery, 95 %.",
        fr="Tiré des intervalles des deux taux par recouvrement des variances, à 95 %.",
    ),
}
VISITS = Text(en="Visits", fr="Visites")
NOTHING = Text(en="None: a count", fr="Aucun : un dénombrement")


def metric(
    key: str,
    group: Group,
    kind: MetricKind,
    unit: Unit,
    *,
    name: tuple[str, str],
    definition: tuple[str, str],
    numerator: tuple[str, str],
    denominator: tuple[str, str] | Text,
    exclusions: Text = PEOPLE,
    better: str = "up",
) -> Metric:
    """A metric from pairs of (English, French) words; one that compares groups that chose themselves says so."""
    return Metric(
        key=key,
        group=group,
        kind=kind,
        unit=unit,
        name=_text(name),
        definition=_text(definition),
        numerator=_text(numerator),
        denominator=denominator if isinstance(denominator, Text) else _text(denominator),
        exclusions=exclusions,
        interval=INTERVALS[kind],
        better=better,
        association=exclusions is CHOSEN,
    )


def _text(pair: tuple[str, str]) -> Text:
    return Text(en=pair[0], fr=pair[1])
