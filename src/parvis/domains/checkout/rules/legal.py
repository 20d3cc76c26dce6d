"""Legal texts to begin with, made from what the brand has set: true of how the shop works, to be read by a lawyer."""

from parvis.domains.checkout.contracts import ReturnPolicy, Seller
from parvis.domains.checkout.contracts.legal import LegalKind


def starter(kind: LegalKind, *, seller: Seller, policy: ReturnPolicy, brand: str) -> tuple[str, str]:
    """A text in English and in French."""
    who = _who(seller, brand)
    if kind is LegalKind.NOTICE:
        fiction = (
            "\n\nThis seller is invented for a demonstration.",
            "\n\nCe vendeur est inventé pour une démonstration.",
        )
        first, second = fiction if seller.fictitious else ("", "")
        return f"# Who sells here\n\n{who}{first}", f"# Qui vend ici\n\n{who}{second}"
    if kind is LegalKind.WITHDRAWAL:
        return _withdrawal_en(policy.days, who), _withdrawal_fr(policy.days, who)
    if kind is LegalKind.PRIVACY:
        return (
            "Your name, e-mail, address and order are used to carry the order out and are kept as long as the law of"
            " accounts demands. Nothing else follows from an order: news and offers are sent only to who agreed.",
            "Votre nom, votre e-mail, votre adresse et votre commande servent à l’exécuter et sont gardés aussi"
            " longtemps que le droit comptable l’exige. Rien d’autre ne suit d’une commande : nouvelles et offres ne"
            " vont qu’à qui y a consenti.",
        )
    mediator = seller.mediator.strip()
    return _terms_en(policy.days, who, mediator), _terms_fr(policy.days, who, mediator)


def _who(seller: Seller, brand: str) -> str:
    parts = (
        " ".join(part for part in (seller.name or brand, seller.form) if part),
        seller.address,
        seller.registration,
        seller.vat_number,
        seller.email,
        seller.phone,
    )
    return "\n".join(part.strip() for part in parts if part.strip())


def _terms_en(days: int, who: str, mediator: str) -> str:
    settled = f"\n\nMediator for consumers: {mediator}" if mediator else ""
    return f"""# Seller

{who}

# Order and price

Prices include VAT. What delivery costs and the whole total are shown before you order. With the button "Order with \
obligation to pay" you order and owe the total shown; the sale is made when we confirm it by e-mail. Your articles are \
kept for you while you pay, for the time that is shown.

# Payment and delivery

The card is charged by our payment service; its number is never kept here. The usual time of delivery is shown before \
you order. What was ordered ahead is sent when it comes in, on the day that is told; until then you may take it back.

# Changing your mind

You may withdraw within {days} days of receiving the goods without a reason; see "Right of withdrawal".

# Guarantee

We answer for goods that do not conform to the contract for two years from delivery (articles L217-3 and following of \
the French consumer code), and for hidden defects (articles 1641 and following of the civil code). Repair or \
replacement costs you nothing.

# Disputes

Tell us first. French law applies; the protection of the law of the country where you live stays yours.{settled}"""


def _terms_fr(days: int, who: str, mediator: str) -> str:
    settled = f"\n\nMédiateur de la consommation : {mediator}" if mediator else ""
    return f"""# Vendeur

{who}

# Commande et prix

Les prix comprennent la TVA. Les frais de livraison et le total sont montrés avant la commande. Par le bouton \
« Commande avec obligation de paiement » vous commandez et devez le total affiché ; la vente est conclue quand nous la \
confirmons par e-mail. Vos articles sont gardés pour vous pendant le paiement, le temps affiché.

# Paiement et livraison

La carte est débitée par notre prestataire de paiement ; son numéro n’est jamais gardé ici. Le délai habituel de \
livraison est montré avant la commande. Ce qui est précommandé est expédié à son arrivée, au jour annoncé ; jusque-là \
vous pouvez l’annuler.

# Changer d’avis

Vous pouvez vous rétracter dans les {days} jours suivant la réception, sans motif ; voir « Droit de rétractation ».

# Garanties

Nous répondons pendant deux ans à compter de la livraison des défauts de conformité (articles L217-3 et suivants du \
code de la consommation), et des vices cachés (articles 1641 et suivants du code civil). La réparation ou le \
remplacement ne vous coûte rien.

# Litiges

Parlez-nous-en d’abord. Le droit français s’applique ; la protection du droit du pays où vous vivez vous reste \
acquise.{settled}"""


def _withdrawal_en(days: int, who: str) -> str:
    return f"""# Right of withdrawal

You may withdraw from the contract within {days} days without giving a reason. The time runs from the day on which \
you, or somebody you name, receive the last of the goods. Tell us by any clear statement: on the page of your order, \
by e-mail or by post, or with the form below. It is enough to send it before the time ends.

We give back all that you paid, the usual delivery included, within fourteen days of hearing of your decision, by the \
way you paid; we may wait until the goods are back or you show that they were sent. Send them within fourteen days.

# What is excepted

Goods made to your measure or personalised, goods that spoil, and sealed goods that cannot be sent back for reasons of \
health or hygiene once they were opened (article L221-28). The page of such goods says so.

# Model form

To {who.splitlines()[0]}:
I hereby give notice that I withdraw from my contract of sale of the following goods:
Ordered on / received on:
Name and address of the consumer:
Signature (only on paper) and date:"""


def _withdrawal_fr(days: int, who: str) -> str:
    return f"""# Droit de rétractation

Vous pouvez vous rétracter du contrat dans les {days} jours sans donner de motif. Le délai court du jour où vous, ou \
un tiers que vous désignez, recevez le dernier des biens. Dites-le-nous par toute déclaration claire : sur la page de \
votre commande, par e-mail ou courrier, ou par le formulaire ci-dessous. Il suffit de l’envoyer avant la fin du délai.

Nous remboursons tout ce que vous avez payé, livraison ordinaire comprise, dans les quatorze jours suivant votre \
décision, par le moyen de votre paiement ; nous pouvons attendre le retour des biens ou la preuve de leur envoi. \
Renvoyez-les sous quatorze jours.

# Exceptions

Les biens faits sur mesure ou personnalisés, ceux qui se détériorent, et les biens scellés qui ne peuvent être \
renvoyés pour des raisons d’hygiène ou de santé une fois ouverts (article L221-28). La page de tels biens le dit.

# Modèle de formulaire

À {who.splitlines()[0]} :
Je vous notifie par la présente ma rétractation du contrat portant sur la vente des biens ci-dessous :
Commandés le / reçus le :
Nom et adresse du consommateur :
Signature (sur papier seulement) et date :"""
