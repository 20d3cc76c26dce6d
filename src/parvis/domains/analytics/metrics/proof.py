"""What proof does: seen, clicked, and what goes with it."""

from parvis.domains.analytics.contracts import Group, MetricKind, Unit
from parvis.domains.analytics.metrics.words import CHOSEN, VISITS, metric

METRICS = (
    metric(
        "proof_seen_rate",
        Group.PROOF,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Proof seen", "Preuve vue"),
        definition=(
            "Share of visits that saw at least one proof: at least half of it on the screen for one second.",
            "Part des visites qui ont vu au moins une preuve : au moins la moitié à l'écran pendant une seconde.",
        ),
        numerator=("Visits that saw a proof", "Visites ayant vu une preuve"),
        denominator=VISITS,
    ),
    metric(
        "proof_click_through",
        Group.PROOF,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Proof click-through", "Taux de clic sur preuve"),
        definition=(
            "Of the visits that saw a proof, the share that acted on one: opened it, read more, voted, or filtered.",
            "Parmi les visites ayant vu une preuve, la part qui a agi sur l'une d'elles : ouvrir, lire la suite, "
            "voter ou filtrer.",
        ),
        numerator=("Visits that saw and clicked a proof", "Visites ayant vu et cliqué une preuve"),
        denominator=("Visits that saw a proof", "Visites ayant vu une preuve"),
    ),
    metric(
        "cvr_proof_seen",
        Group.PROOF,
        MetricKind.RATE,
        Unit.PER_VISIT,
        name=("Conversion of visits that saw proof", "Conversion des visites ayant vu une preuve"),
        definition=(
            "Paid orders for each visit that saw a proof.",
            "Commandes payées par visite ayant vu une preuve.",
        ),
        numerator=("Orders paid in visits that saw a proof", "Commandes payées dans ces visites"),
        denominator=("Visits that saw a proof", "Visites ayant vu une preuve"),
        exclusions=CHOSEN,
    ),
    metric(
        "cvr_proof_unseen",
        Group.PROOF,
        MetricKind.RATE,
        Unit.PER_VISIT,
        name=("Conversion of visits that saw none", "Conversion des visites n'en ayant pas vu"),
        definition=(
            "Paid orders for each visit that saw no proof.",
            "Commandes payées par visite n'ayant vu aucune preuve.",
        ),
        numerator=("Orders paid in visits that saw no proof", "Commandes payées dans ces visites"),
        denominator=("Visits that saw no proof", "Visites n'ayant vu aucune preuve"),
        exclusions=CHOSEN,
    ),
    metric(
        "cvr_proof_gap",
        Group.PROOF,
        MetricKind.DIFFERENCE,
        Unit.POINTS,
        name=("Conversion with proof, less without", "Conversion avec preuve, moins sans"),
        definition=(
            "The conversion of visits that saw a proof minus that of visits that saw none. Only an experiment can "
            "tell whether proof causes it.",
            "La conversion des visites ayant vu une preuve moins celle des visites n'en ayant pas vu. Seule une "
            "expérience peut dire si la preuve en est la cause.",
        ),
        numerator=("The two conversions, one minus the other", "Les deux conversions, l'une moins l'autre"),
        denominator=VISITS,
        exclusions=CHOSEN,
    ),
    metric(
        "voice_click_through",
        Group.PROOF,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=("Click-through of one proof", "Taux de clic d'une preuve"),
        definition=(
            "Of the visits that saw this voice as proof, the share that acted on it.",
            "Parmi les visites ayant vu cet avis comme preuve, la part qui a agi sur lui.",
        ),
        numerator=("Visits that saw and clicked it", "Visites l'ayant vu et cliqué"),
        denominator=("Visits that saw it", "Visites l'ayant vu"),
    ),
)
