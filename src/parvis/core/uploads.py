"""A bound on what strangers may send: Django bounds fields, but lets files of any size fill the disk."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 130 * 1024 * 1024  # five photos, one video, captions, and the words
UNBOUND = ("/studio/",)  # whole catalogues are imported there, by people who may


class BoundedUpload(FileUploadHandler):
    """First of the upload handlers: refuses a request by its announced length, before a byte is read.

    A request without a length has no body for Django.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django names it so
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        path = getattr(self.request, "path", "")
        if content_length > MOST_BYTES and not path.startswith(UNBOUND):
            raise RequestDataTooBig(f"{content_length} bytes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler keeps the file."""
