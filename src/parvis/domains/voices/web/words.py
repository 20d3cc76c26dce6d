"""Words for people: states, kinds and reasons, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from parvis.domains.voices.contracts import AuthorRole, Outcome, Reason, VoiceKind, VoiceState

Words = str | Promise

STATES: Mapping[VoiceState, Words] = {
    VoiceState.HELD: pgettext_lazy("state of a voice", "Waiting"),
    VoiceState.PUBLISHED: pgettext_lazy("state of a voice", "Published"),
    VoiceState.REFUSED: pgettext_lazy("state of a voice", "Refused"),
    VoiceState.WITHDRAWN: pgettext_lazy("state of a voice", "Withdrawn"),
}
OUTCOMES: Mapping[Outcome, Words] = {
    Outcome.PUBLISH: _("Publish"),
    Outcome.HOLD: _("Hold"),
    Outcome.REFUSE: _("Refuse"),
    Outcome.WITHDRAW: _("Withdraw"),
}
KINDS: Mapping[VoiceKind, Words] = {
    VoiceKind.REVIEW: _("Review"),
    VoiceKind.QUESTION: _("Question"),
    VoiceKind.ANSWER: _("Answer"),
    VoiceKind.COMMENT: _("Comment"),
}
ROLES: Mapping[AuthorRole, Words] = {
    AuthorRole.SHOPPER: _("Shopper"),
    AuthorRole.OWNER: _("Owns this product"),
    AuthorRole.BRAND: _("The brand"),
}
# in a list of the team
REASONS: Mapping[Reason, Words] = {
    Reason.SOUND: _("Nothing to object"),
    Reason.APPROVED: _("Approved"),
    Reason.TOXICITY_UNSURE: _("Perhaps insulting"),
    Reason.SPAM_UNSURE: _("Perhaps advertising"),
    Reason.PERSONAL_DATA: _("Personal data"),
    Reason.LINKS: _("Links"),
    Reason.LANGUAGE: _("Other language"),
    Reason.TOO_SHORT: _("Very short"),
    Reason.UNREADABLE: _("Unreadable"),
    Reason.DUPLICATE: _("Same words as another"),
    Reason.BURST: _("Nearly the same words from several people"),
    Reason.INTEREST_UNSURE: _("Perhaps an undisclosed interest"),
    Reason.STARS_CONTRADICT: _("Stars against words"),
    Reason.PHOTO_UNSEEN: _("Photo or video to look at"),
    Reason.WATCHED_WORDS: _("Words that we watch"),
    Reason.NOT_READ: _("Could not be read"),
    Reason.SECOND_LOOK: _("Second look"),
    Reason.TOXIC: _("Insulting or hateful"),
    Reason.SPAM: _("Advertising"),
    Reason.OFF_TOPIC: _("Not about the product"),
    Reason.NOT_GENUINE: _("Not genuine"),
    Reason.INTEREST: _("Conflict of interest"),
    Reason.UNLAWFUL: _("Unlawful"),
    Reason.RIGHTS: _("Rights of somebody else"),
    Reason.AUTHOR_REQUEST: _("Taken back by its author"),
    Reason.ERASURE: _("Erased at the person's request"),
    Reason.OTHER: _("Another reason"),
}
# to the author, on the page of the own voice
TO_AUTHOR: Mapping[Reason, Words] = {
    Reason.SOUND: _("What you wrote is public."),
    Reason.APPROVED: _("Our team has read what you wrote: it is public."),
    Reason.TOXICITY_UNSURE: _("Some words could hurt somebody; a person of our team reads them."),
    Reason.SPAM_UNSURE: _("It could be taken for advertising; a person of our team reads it."),
    Reason.PERSONAL_DATA: _("It holds an address, a telephone or an account number; we check that nobody is exposed."),
    Reason.LINKS: _("It holds a link; a person of our team looks where it leads."),
    Reason.LANGUAGE: _("It is in a language that our tools do not read; a person of our team reads it."),
    Reason.TOO_SHORT: _("It is very short; a person of our team reads it."),
    Reason.UNREADABLE: _("Some of its characters are hard to read; a person of our team reads it."),
    Reason.DUPLICATE: _("The same words have been sent before; a person of our team compares the two."),
    Reason.BURST: _("Several people have sent nearly the same words; a person of our team compares them."),
    Reason.INTEREST_UNSURE: _("It sounds as if you had an interest in the product; a person of our team reads it."),
    Reason.STARS_CONTRADICT: _("The stars and the words seem to say the opposite; a person of our team reads it."),
    Reason.PHOTO_UNSEEN: _("A person of our team looks at each photo and video before it is shown."),
    Reason.WATCHED_WORDS: _("It uses words that a person of our team always reads."),
    Reason.NOT_READ: _("A person of our team reads it."),
    Reason.SECOND_LOOK: _("A second person of our team reads it."),
    Reason.TOXIC: _("It insults or demeans somebody. You may write again, as critically as you wish."),
    Reason.SPAM: _("It advertises something else."),
    Reason.OFF_TOPIC: _("It is not about this product: delivery and service have their own place."),
    Reason.NOT_GENUINE: _("We have grounds to believe that it tells of no real experience."),
    Reason.INTEREST: _("Its author has an interest in this product or in a competing one."),
    Reason.UNLAWFUL: _("It says something that the law forbids to publish."),
    Reason.RIGHTS: _("It uses something that belongs to somebody else."),
    Reason.AUTHOR_REQUEST: _("You have taken it back."),
    Reason.ERASURE: _("It was erased, as you asked."),
    Reason.OTHER: _("Our team has given its own grounds; write to us and we will explain them."),
}
INCENTIVES: Mapping[str, Words] = {
    "gift": _("the product for free"),
    "discount": _("a discount or points"),
    "contest": _("a place in a prize draw"),
    "reward": _("something in exchange"),
}
PERSONAL: Mapping[str, Words] = {
    "email": _("e-mail address"),
    "phone": _("telephone number"),
    "card": _("card number"),
    "iban": _("account number"),
    "address": _("postal address"),
    "national_id": _("social security number"),
    "link": _("link"),
}


def state_label(state: VoiceState | str) -> str:
    """Where a voice stands."""
    return str(STATES[VoiceState(state)])


def outcome_label(outcome: Outcome | str) -> str:
    """What a decision does, as a verb."""
    return str(OUTCOMES[Outcome(outcome)])


def kind_label(kind: VoiceKind | str) -> str:
    """What sort of thing was said."""
    return str(KINDS[VoiceKind(kind)])


def role_label(role: AuthorRole | str) -> str:
    """In which role somebody answers."""
    return str(ROLES[AuthorRole(role)])


def reason_label(reason: Reason | str | None) -> str:
    """A reason in a few words, for the team; "" for none."""
    return str(REASONS[Reason(reason)]) if reason else ""


def author_reason(reason: Reason | str | None) -> str:
    """A reason as it is told to the author."""
    return str(TO_AUTHOR[Reason(reason)]) if reason else gettext("We are reading it; this takes a few moments.")


_FOR: Mapping[Outcome, tuple[Reason, ...]] = {
    Outcome.PUBLISH: (Reason.APPROVED,),
    Outcome.HOLD: (Reason.SECOND_LOOK, Reason.OTHER),
    Outcome.REFUSE: (
        Reason.TOXIC,
        Reason.SPAM,
        Reason.OFF_TOPIC,
        Reason.NOT_GENUINE,
        Reason.INTEREST,
        Reason.UNLAWFUL,
        Reason.RIGHTS,
        Reason.PERSONAL_DATA,
        Reason.OTHER,
    ),
    Outcome.WITHDRAW: (Reason.RIGHTS, Reason.UNLAWFUL, Reason.NOT_GENUINE, Reason.OTHER),
}


def reason_choices(outcome: Outcome | str) -> list[tuple[str, str]]:
    """The reasons that a person may give for an outcome: (value, words). None of them says "it is negative"."""
    return [(reason.value, reason_label(reason)) for reason in _FOR[Outcome(outcome)]]


def incentive_label(incentive: str) -> str:
    """What the author received in exchange; free words of an import stay as they are."""
    return str(INCENTIVES.get(incentive, incentive))


def personal_label(kind: str) -> str:
    """What kind of personal data a span is."""
    return str(PERSONAL.get(kind, kind))
