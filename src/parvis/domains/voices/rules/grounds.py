"""Why a voice may be refused, as delivered: the words that its author reads, in French and English.

They are part of the policy, so a brand may rewrite them; each version keeps its own. A low rating is none of them.
"""

from collections.abc import Mapping
from typing import Final

from parvis.domains.voices.contracts import Reason

GROUNDS: Final[Mapping[Reason, Mapping[str, str]]] = {
    Reason.TOXIC: {
        "en": "It insults, threatens or demeans a person or a group. You may write again, as critically as you wish.",
        "fr": "Il insulte, menace ou rabaisse une personne ou un groupe. Vous pouvez écrire à nouveau, de façon aussi "
        "critique que vous le souhaitez.",
    },
    Reason.SPAM: {
        "en": "It advertises something else, or was sent in bulk.",
        "fr": "Il fait de la publicité pour autre chose, ou a été envoyé en nombre.",
    },
    Reason.OFF_TOPIC: {
        "en": "It is not about this product: delivery and service have their own place.",
        "fr": "Il ne porte pas sur ce produit : la livraison et le service ont leur propre place.",
    },
    Reason.NOT_GENUINE: {
        "en": "We have grounds to believe that it tells of no real experience.",
        "fr": "Nous avons des raisons de penser qu’il ne relate aucune expérience réelle.",
    },
    Reason.INTEREST: {
        "en": "Its author has an undisclosed interest in this product or in a competing one.",
        "fr": "La personne qui l’a écrit a un intérêt, non déclaré, dans ce produit ou dans un produit concurrent.",
    },
    Reason.UNLAWFUL: {
        "en": "It says something that the law forbids to publish.",
        "fr": "Il contient des propos dont la loi interdit la publication.",
    },
    Reason.RIGHTS: {
        "en": "It uses words or pictures that belong to somebody else.",
        "fr": "Il utilise des mots ou des images qui appartiennent à une autre personne.",
    },
    Reason.PERSONAL_DATA: {
        "en": "It names or makes reachable a private person who has not agreed to it.",
        "fr": "Il nomme ou permet de joindre une personne privée qui n’y a pas consenti.",
    },
    Reason.OTHER: {
        "en": "Our team has given its own grounds, written below.",
        "fr": "Notre équipe a donné ses propres motifs, écrits ci-dessous.",
    },
}
