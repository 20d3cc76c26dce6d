"""The field that takes photos."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from parvis.domains.voices.actions import photos
from parvis.domains.voices.web.refusals import explain


class PhotosInput(forms.FileInput):
    """Several files in one control."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to five photos; gives their bytes. What is too heavy is refused before it is read."""

    widget = PhotosInput(attrs={"class": "input", "accept": "image/jpeg,image/png,image/webp", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> tuple[bytes, ...]:
        files: Sequence[UploadedFile[bytes]] = [file for file in data or () if file]
        if len(files) > photos.MAX_PHOTOS:
            raise forms.ValidationError(
                explain(photos.TooManyPhotos(number=len(files), limit=photos.MAX_PHOTOS)), code="too_many_photos"
            )
        for number, file in enumerate(files, 1):
            if (file.size or 0) > photos.MAX_BYTES:
                raise forms.ValidationError(
                    explain(
                        photos.PhotoTooHeavy(
                            number=number,
                            megabytes=(file.size or 0) / 1024 / 1024,
                            limit=photos.MAX_BYTES // 1024 // 1024,
                        )
                    ),
                    code="photo_too_heavy",
                )
        return tuple(file.read() for file in files)
