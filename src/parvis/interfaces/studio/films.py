"""The video of a voice in the studio: watching it, showing it, taking it away."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.core.clock import now
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import Voice
from parvis.domains.voices.web import video_problem
from parvis.interfaces.design.films import film
from parvis.interfaces.studio import frame


def shown(voice: Voice) -> dict[str, Any]:
    """What ``studio/film.html`` needs."""
    video = voice.video
    if video is None:
        return {}
    return {
        "film": film(video, author=voice.author_name or _("somebody")),
        "transcript": queries.transcript(voice.id) if video.captions_url else "",
        "video_problem": video_problem(video),
        "video_share": round(100 * video.share),
    }


@require_POST
@requires(Permission.VOICES_MODERATE)
def act(request: HttpRequest, voice_id: int) -> HttpResponse:
    """POST act=show: let the shop show a video that became ready after the decision; act=remove: take it away."""
    staff, at = frame.staff_of(request), now()
    back = reverse("studio:voice", args=[voice_id])
    wanted = request.POST.get("act")
    if wanted not in ("show", "remove"):
        return frame.failed(request, _("choose what to do"), back)

    def carry_out() -> None:
        if wanted == "show":
            actions.show_video(voice_id=voice_id, at=at)
        else:
            actions.remove_video(voice_id=voice_id, at=at)
        people.note(actor_id=staff.account_id, verb=f"video.{wanted}", subject_kind="voice", subject_id=voice_id, at=at)

    problem = frame.attempt(carry_out)
    if problem:
        return frame.failed(request, problem, back)
    words = _("The shop shows the video now.") if wanted == "show" else _("The video is gone; the words stay.")
    return frame.done(request, words, back)
