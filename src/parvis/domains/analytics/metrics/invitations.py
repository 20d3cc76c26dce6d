"""What came of asking customers for a review. Whether a mail was opened is asked of nobody: no picture spies."""

from parvis.domains.analytics.contracts import Group, Metric, MetricKind, Text, Unit
from parvis.domains.analytics.metrics.words import NOTHING, metric

_EVERYBODY = Text(
    en="None. Simulated invitations count, and are marked as such in the list.",
    fr="Aucune. Les invitations simulées comptent et sont signalées dans la liste.",
)
_KEPT = Text(
    en="Products that were given back. Simulated invitations count, and are marked as such in the list.",
    fr="Les produits rendus. Les invitations simulées comptent et sont signalées dans la liste.",
)
_SENT = ("Invitations whose first mail went out in the period", "Invitations dont le premier e-mail est parti")
_MAILS = ("Mails of invitations handed over, reminders included", "E-mails d'invitation remis, rappels compris")


def _share(
    key: str, name: tuple[str, str], definition: tuple[str, str], numerator: tuple[str, str], *, better: str = "up"
) -> Metric:
    """A share of the invitations sent."""
    return _rate(key, name, definition, numerator, _SENT, better=better)


def _rate(
    key: str,
    name: tuple[str, str],
    definition: tuple[str, str],
    numerator: tuple[str, str],
    denominator: tuple[str, str],
    *,
    exclusions: Text = _EVERYBODY,
    better: str = "up",
) -> Metric:
    return metric(
        key,
        Group.INVITATIONS,
        MetricKind.PROPORTION,
        Unit.SHARE,
        name=name,
        definition=definition,
        numerator=numerator,
        denominator=denominator,
        exclusions=exclusions,
        better=better,
    )


METRICS = (
    metric(
        "invitations_sent",
        Group.INVITATIONS,
        MetricKind.COUNT,
        Unit.INVITATIONS,
        name=("Invitations sent", "Invitations envoyées"),
        definition=(
            "Invitations whose first mail went out in the period; reminders are not counted.",
            "Invitations dont le premier e-mail est parti dans la période ; les rappels ne comptent pas.",
        ),
        numerator=("First mails of invitations", "Premiers e-mails d'invitation"),
        denominator=NOTHING,
        exclusions=_EVERYBODY,
        better="",
    ),
    _rate(
        "invitation_review_rate",
        ("Reviews of what was asked about", "Avis sur ce qui était demandé"),
        (
            "Of the products asked about, the share that the invited customer has reviewed since. Recent invitations "
            "are still young: their share grows.",
            "Parmi les produits sur lesquels l'avis a été demandé, la part que la personne invitée a évaluée depuis. "
            "Les invitations récentes sont encore jeunes : leur part augmente.",
        ),
        ("Products reviewed by the invited customer", "Produits évalués par la personne invitée"),
        ("Products asked about and kept", "Produits sur lesquels l'avis a été demandé, et gardés"),
        exclusions=_KEPT,
    ),
    _share(
        "invitation_form_rate",
        ("Form reached", "Formulaire atteint"),
        (
            "Share of invitations whose link was followed to the form. Opening the mail is not measured; programs that "
            "look at links are counted too.",
            "Part des invitations dont le lien a été suivi jusqu'au formulaire. L'ouverture de l'e-mail n'est pas "
            "mesurée ; les programmes qui examinent les liens comptent aussi.",
        ),
        ("Invitations whose form was reached", "Invitations dont le formulaire a été atteint"),
        better="",
    ),
    _share(
        "invitation_refusal_rate",
        ("Refused further mail", "Refus d'autres e-mails"),
        (
            "Share of invitations that ended because the person refuses such mail.",
            "Part des invitations qui ont pris fin parce que la personne refuse ce type d'e-mail.",
        ),
        ("Invitations ended by a refusal", "Invitations terminées par un refus"),
        better="down",
    ),
    _rate(
        "invitation_delivery_rate",
        ("Delivered", "Remis"),
        (
            "Share of the mails of which the reader's server said that it took them. Unknown unless the mail provider "
            "tells.",
            "Part des e-mails que le serveur du destinataire a dit avoir acceptés. Inconnue si le prestataire d'envoi "
            "ne le dit pas.",
        ),
        ("Mails said to be delivered", "E-mails annoncés remis"),
        _MAILS,
    ),
    _rate(
        "invitation_return_rate",
        ("Came back", "Retours"),
        (
            "Share of the mails that came back after they had been taken: a dead address, a full box.",
            "Part des e-mails revenus après avoir été acceptés : adresse morte, boîte pleine.",
        ),
        ("Mails that came back", "E-mails revenus"),
        _MAILS,
        better="down",
    ),
    _rate(
        "invitation_complaint_rate",
        ("Called unwanted", "Signalés indésirables"),
        (
            "Share of the mails that their reader called unwanted in the mail program.",
            "Part des e-mails que leur destinataire a signalés comme indésirables dans sa messagerie.",
        ),
        ("Mails called unwanted", "E-mails signalés indésirables"),
        _MAILS,
        better="down",
    ),
)
