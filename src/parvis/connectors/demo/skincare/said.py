"""What is said of the range: reviews with their films, questions, answers. Every text was written by the project."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings

from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.skincare import written
from parvis.connectors.demo.skincare.bought import Buyers
from parvis.connectors.demo.skincare.shelf import WRITTEN
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import AuthorRole, NewVoice, Origin, Outcome, Reason, VoiceKind

_DAY = timedelta(days=1)
_TEXT = {"text": WRITTEN, "author_name": WRITTEN, "submitted_at": SIMULATED}


def reviews(ids: Mapping[str, int], buyers: Buyers, *, team: int, at: datetime) -> None:
    """Tell the reviews; those with a film are published by a member of the team (``team``), as any film has to be.

    The films are prepared in the background, as any film is; they are there some seconds after the shop has started.
    """
    told = written.reviews()
    rows = [_review(each, ids[each.product], buyers.get(each.ref), at) for each in told]
    received = voices.receive_many(rows, at=at, strict=True)
    filmed = [
        voice_id
        for each, voice_id in zip(told, received.accepted, strict=True)
        if each.video and _attach(voice_id, each.video, at)
    ]
    if filmed:
        voices.decide(voice_ids=filmed, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=team, at=at)


def _attach(voice_id: int, name: str, at: datetime) -> bool:
    """Hand in the film as its author would; False where this installation takes no films, or it was not drawn."""
    found = written.film(name) if voices.video_possible() else None
    if found is None:
        return False
    film, captions = found
    video = voices.NewVideo(chunks=(film,), size=len(film), captions=captions, language=written.LANGUAGE)
    voices.attach_video(voice_id=voice_id, video=video, at=at, allowed=True)
    return True


def _review(each: written.Told, product_id: int, buyer: tuple[int, str] | None, at: datetime) -> NewVoice:
    provenance = {**_TEXT, "title": WRITTEN, "stars": WRITTEN, "votes": WRITTEN}
    if each.age is not None:
        provenance["age"] = WRITTEN
    if each.incentive:
        provenance["incentive"] = WRITTEN
    if each.video:
        provenance["video"] = WRITTEN
    if buyer is not None:
        provenance |= {"verified": SIMULATED, "order_ref": SIMULATED, "customer": SIMULATED}
    return NewVoice(
        kind=VoiceKind.REVIEW,
        product_id=product_id,
        title=each.title,
        text=each.text,
        stars=each.stars,
        author_name=each.name,
        author_role=AuthorRole.SHOPPER,
        customer_id=buyer[0] if buyer else None,
        language=written.LANGUAGE,
        submitted_at=at - each.days * _DAY,
        verified=buyer is not None,
        order_ref=buyer[1] if buyer else "",
        incentive=each.incentive,
        age=each.age,
        votes_up=each.up,
        votes_down=each.down,
        origin=Origin.DEMO,
        origin_ref=f"skincare:{each.ref}",
        provenance=provenance,
    )


def questions(ids: Mapping[str, int], *, at: datetime) -> None:
    """Tell the questions, then their answers."""
    asked = written.questions()
    rows = [
        NewVoice(
            kind=VoiceKind.QUESTION,
            product_id=ids[each.product],
            text=each.text,
            author_name=each.name,
            language=written.LANGUAGE,
            submitted_at=at - each.days * _DAY,
            origin=Origin.DEMO,
            origin_ref=f"skincare:{each.ref}",
            provenance=_TEXT,
        )
        for each in asked
    ]
    received = voices.receive_many(rows, at=at, strict=True)
    answers = [
        _answer(each, question_id, place, reply, at)
        for each, question_id in zip(asked, received.accepted, strict=True)
        for place, reply in enumerate(each.answers)
    ]
    voices.receive_many(answers, at=at, strict=True)


def _answer(each: written.Asked, question_id: int, place: int, reply: written.Reply, at: datetime) -> NewVoice:
    role = AuthorRole(reply.role)
    return NewVoice(
        kind=VoiceKind.ANSWER,
        parent_id=question_id,
        text=reply.text,
        author_name=settings.BRAND if role is AuthorRole.BRAND else reply.name,
        author_role=role,
        language=written.LANGUAGE,
        submitted_at=at - each.days * _DAY + timedelta(hours=6 + 14 * place),
        origin=Origin.DEMO,
        origin_ref=f"skincare:{each.ref}:answer:{place}",
        provenance=_TEXT,
    )
