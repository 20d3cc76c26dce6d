"""What a thing is made of and how it is used stands on its product sheet."""

from dataclasses import replace

from parvis.domains.assistant.contracts import Outcome, Side
from parvis.domains.assistant.queries.answering.reply import PASSAGES, Asking, Hit, Reply
from parvis.domains.assistant.rules import cues
from parvis.domains.assistant.rules.understanding import folded
from parvis.domains.evidence.contracts import Source
from parvis.science.retrieval.quotes import split


def with_sheet(asking: Asking, reply: Reply) -> Reply:
    """The reply, with the sentences of the product sheet first where the question is one that it answers."""
    look, item = folded(asking.asked.asked), asking.product
    wanted = next((each for each in ("made", "used") if cues.form(f"sheet_{each}").search(look)), "")
    if not wanted or item is None or not item.description.strip():
        return reply
    words = " ".join(item.description.split())
    says = cues.form(f"says_{wanted}")
    places = [span for span in split(words) if says.search(folded(words[span.start : span.end]))]
    if not places:
        return reply
    sheet = Hit(
        voice_id=0, start=places[0].start, end=places[-1].end, polarity=0.0, side=Side.BESIDE, kind=Source.FACT.value,
        words=words, document=f"product:{item.id}/description", page="product", head=item.name,
    )  # fmt: skip
    said = [each for each in reply.hits if each.voice_id and each.side is not Side.BESIDE]
    return replace(reply, outcome=Outcome.ANSWERED, certainty=1.0, hits=[sheet, *said[: PASSAGES - 1]], hints=())
