"""What strangers send is bounded by its announced length; the studio's imports are not."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client, RequestFactory

from parvis.core.uploads import MOST_BYTES, BoundedUpload


@pytest.mark.parametrize(
    ("path", "length", "refused"),
    [
        ("/en/products/linen-dress/review/", MOST_BYTES, False),
        ("/en/products/linen-dress/review/", MOST_BYTES + 1, True),
        ("/studio/imports/upload/", 10 * MOST_BYTES, False),
    ],
)
def test_a_request_is_refused_by_its_length(path: str, length: int, refused: bool) -> None:
    handler = BoundedUpload(RequestFactory().post(path))
    if refused:
        with pytest.raises(RequestDataTooBig):
            handler.handle_raw_input(None, {}, length, b"")
    else:
        handler.handle_raw_input(None, {}, length, b"")


def test_what_is_not_refused_reaches_the_next_handler() -> None:
    handler = BoundedUpload(RequestFactory().post("/"))
    assert handler.receive_data_chunk(b"words", 0) == b"words"
    assert handler.file_complete(5) is None


@pytest.mark.database
@pytest.mark.django_db
def test_too_much_is_answered_with_an_error_and_not_read() -> None:
    body = b"--x\r\n"
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    answer = client.generic(
        "POST",
        "/en/products/nothing/review/",
        body,
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(MOST_BYTES + 1),
    )
    assert answer.status_code in (400, 413)
