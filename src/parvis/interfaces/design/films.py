"""A video of a voice as pages show it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import get_language_info, gettext

from parvis.domains.voices.contracts import Video, VideoState


@dataclass(frozen=True, kw_only=True, slots=True)
class Film:
    """`{% include "design/film.html" with film=film %}`: never plays by itself, loads nothing before it is asked to."""

    url: str
    poster: str
    label: str
    length: str
    width: int
    height: int
    captions: str = ""
    captions_language: str = ""
    captions_label: str = ""


def film(video: Video | None, *, author: str, token: str = "") -> Film | None:
    """The film of a ready video, or None. Whether the public may see it is the caller's question (``video.shown``);
    ``token`` lets its author see it before."""
    if video is None or video.state is not VideoState.READY:
        return None
    query = f"?{urlencode({'of': token})}" if token else ""
    length = f"{int(video.seconds) // 60}:{int(video.seconds) % 60:02}"
    return Film(
        url=video.url + query,
        poster=video.poster_url + query,
        label=gettext("Video by %(author)s, %(length)s") % {"author": author, "length": length},
        length=length,
        width=video.width,
        height=video.height,
        captions=video.captions_url + query if video.captions_url else "",
        captions_language=video.captions_language,
        captions_label=_language(video.captions_language),
    )


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return gettext("Captions")
