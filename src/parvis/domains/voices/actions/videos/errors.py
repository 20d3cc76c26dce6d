"""What is wrong with a video, in words for who sent it; and the limits."""

from parvis.core.errors import ParvisError

MAX_BYTES = 80 * 1024 * 1024
MAX_SECONDS = 60.0
MIN_SECONDS = 0.5
MAX_PIXELS = 3840 * 2160
CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "libdav1d", "libvpx-vp9", "libaom-av1"})
# what every browser plays, and may be kept as it is where there is no converter
PLAYABLE = "h264"
PLAYABLE_PIXELS = 1920 * 1080


class BadVideo(ParvisError):
    """A video that cannot be taken."""

    code = "bad_video"
    status = 422
    template = "The video cannot be read: send an MP4, MOV or WebM file as your telephone makes it."


class VideoTooHeavy(BadVideo):
    code = "video_too_heavy"
    template = "The video has %(megabytes).0f MB; %(limit)d MB is the limit."


class VideoTooLong(BadVideo):
    code = "video_too_long"
    template = "The video lasts %(seconds).0f seconds; %(limit)d is the limit."


class VideoTooShort(BadVideo):
    code = "video_too_short"
    template = "The video holds less than a second."


class VideoTooLarge(BadVideo):
    code = "video_too_large"
    template = "The video is too large: %(width)d × %(height)d pixels; 3840 × 2160 is the limit."


class VideoWithoutPicture(BadVideo):
    code = "video_without_picture"
    template = "The file holds sound, but no picture."


class VideoNotPlayable(BadVideo):
    """This server has no converter, and the video is not in a form that all browsers play."""

    code = "video_not_playable"
    template = "This shop can only take MP4 videos with H.264, up to 1920 × 1080 pixels."


class VideoOff(BadVideo):
    """The library that opens videos is not installed."""

    code = "video_off"
    template = "This shop takes no videos."


def by_code() -> dict[str, type[BadVideo]]:
    """Every error by its code: a failed video keeps only that."""
    kinds: list[type[BadVideo]] = [BadVideo, *BadVideo.__subclasses__()]
    return {kind.code: kind for kind in kinds}
