"""Rules of the audit, facts of a look and purposes of programs, in words; and where each lack is mended."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# rule: (what it asks, what to do about it)
RULES = {
    "open": (_("The page answers and may be indexed"), _("Let programs in, and see that the page answers.")),
    "answerers": (_("Programs that answer questions may read"), _("Let in those that search and answer.")),
    "valid": (_("Structured data without a fault"), _("Mend the faults named below.")),
    "offer": (_("Price, delivery and returns in the data"), _("Set a price and a way of delivery.")),
    "names": (_("Title and heading name the product"), _("Give it a name of two to eight words.")),
    "summary": (_("A description of one or two lines for search"), _("Begin the description with what it is.")),
    "described": (
        _("A description that answers: what it is, of what, for whom"),
        _("Write at least 300 characters of facts."),
    ),
    "own": (_("One address in each language"), _("See the faults named below.")),
    "rating": (_("A rating in the data"), _("Ask buyers for reviews.")),
    "quoted": (_("At least five reviews on the page itself"), _("Ask buyers for reviews.")),
    "fresh": (_("A review of the last six months"), _("Ask recent buyers.")),
    "verified": (_("Half of the reviews from verified purchases"), _("Ask after delivery: such reviews are verified.")),
    "answered": (_("Three answered questions"), _("Answer what was asked, or let owners answer.")),
    "pictures": (_("A customer's photo"), _("Ask for photos when you invite.")),
    "films": (_("A customer's video"), _("Ask for videos when you invite.")),
}
FACTS = {
    "alternates": _("languages linked"), "canonical": _("canonical address"), "description": _("description"),
    "documents": _("pieces of structured data"), "errors": _("faults of the data"), "headings": _("heading"),
    "images": _("pictures"), "images_described": _("pictures with a description"), "language": _("language"),
    "links": _("links"), "prices": _("prices"), "quotes": _("quotations"), "rated": _("rating"),
    "robots": _("rules for robots"), "status": _("answer"), "text": _("words of the page"), "title": _("title"),
    "videos": _("videos"), "words": _("number of words"), "error": _("not reached"),
}  # fmt: skip
PURPOSES = {
    "answering": _("answers somebody's question"),
    "searching": _("keeps an index for search"),
    "training": _("collects texts to train models"),
}


def fix_url(fix: str, product_id: int | None = None, *, question_id: int | None = None) -> str:
    """Where the team mends what a rule asks for: of one product, and of the ``question_id`` that waits for an answer
    where there is one; or of the whole shop."""
    own = {"product_id": product_id}
    waiting = f"{reverse('studio:moderation')}?kind=question"
    return {
        "robots": f"{reverse('studio:visibility')}#programs",
        "markup": f"{reverse('studio:visibility_product', kwargs=own)}#faults"
        if product_id
        else reverse("studio:visibility_changes"),
        "product": reverse("studio:product", kwargs=own) if product_id else reverse("studio:products"),
        "copy": f"{reverse('studio:copy')}?product={product_id}",
        "invite": reverse("studio:invitations"),
        "answer": f"{reverse('studio:voice', kwargs={'voice_id': question_id})}#answer" if question_id else waiting,
    }[fix]


def fact(key: str) -> str:
    """A fact of a page in words; "kinds.Review" is a type of its data."""
    return key.removeprefix("kinds.") if key.startswith("kinds.") else str(FACTS.get(key, key))
