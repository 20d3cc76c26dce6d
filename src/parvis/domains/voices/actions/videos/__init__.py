"""Short videos of reviews: taken with limits, prepared in the background, shown when a person has seen them."""

from parvis.domains.voices.actions.videos.errors import BadVideo
from parvis.domains.voices.actions.videos.preparing import (
    NothingToShow,
    files_of,
    prepare_video,
    remove_video,
    show_video,
    unlink,
)
from parvis.domains.voices.actions.videos.taking import (
    NewVideo,
    ask_to_prepare,
    attach_video,
    sweep_videos,
    video_possible,
    waiting_video,
)

__all__ = [
    "BadVideo",
    "NewVideo",
    "NothingToShow",
    "ask_to_prepare",
    "attach_video",
    "files_of",
    "prepare_video",
    "remove_video",
    "show_video",
    "sweep_videos",
    "unlink",
    "video_possible",
    "waiting_video",
]
