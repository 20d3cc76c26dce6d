"""The forms behind signed links: who holds the link is the one it was sent to, so nothing is asked twice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from parvis.domains.voices import actions, rules
from parvis.domains.voices.contracts import AuthorRole, Invitation, InvitedProduct, NewVoice, Origin, Voice, VoiceKind
from parvis.domains.voices.web.forms import AnswerForm, ReviewForm
from parvis.domains.voices.web.refusals import explain


class InvitedReviewForm(ReviewForm):
    """A review of one product of an invited order: a verified purchase by the link alone, with the campaign's incentive
    fixed by what was promised. ``question``: the open question that the mail named, which the author may answer too.

    The same product sent twice is one review: its reference is made of the invitation and the product.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None,
        *,
        invitation: Invitation,
        invited: InvitedProduct,
        question: Voice | None = None,
        **more: Any,
    ) -> None:
        self.invitation, self.invited, self.question = invitation, invited, question
        super().__init__(data, files, customer_id=invitation.customer_id, prefix=f"p{invited.product_id}", **more)
        if invitation.incentive:
            self.fields["incentive"] = forms.CharField(
                required=False, disabled=True, initial=invitation.incentive, widget=forms.HiddenInput
            )
        if question is not None:
            self.fields["answer"] = forms.CharField(
                label=_("Your answer to it"),
                required=False,
                max_length=rules.LIMITS["text"],
                widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
            )

    def clean_answer(self) -> str:
        words = str(self.cleaned_data.get("answer", ""))
        if words.strip() and self.question is not None:
            try:
                rules.admit(NewVoice(kind=VoiceKind.ANSWER, text=words, parent_id=self.question.id), at=self._at)
            except rules.NotAdmitted as error:
                raise forms.ValidationError(explain(error)) from error
        return words

    def submit(self, *, product_id: int, caller: str, locale: str, at: datetime) -> Voice | None:
        """Save the review, and the answer if one was given; None when the form says why not."""
        self._at = at
        return super().submit(product_id=product_id, caller=caller, locale=locale, at=at)

    def _save(self, new: NewVoice, *, caller: str, locale: str, at: datetime) -> Voice | None:
        bought = replace(new, verified=True, order_ref=self.invited.line_ref, origin_ref=self._ref())
        return super()._save(bought, caller=caller, locale=locale, at=at)

    def _receive(self, new: NewVoice, locale: str, at: datetime) -> Voice:
        voice = super()._receive(new, locale, at)
        words = self.cleaned_data.get("answer", "")
        if words.strip() and self.question is not None:
            answer = NewVoice(
                kind=VoiceKind.ANSWER,
                parent_id=self.question.id,
                text=words,
                author_name=new.author_name,
                author_role=AuthorRole.OWNER,
                customer_id=self.customer_id,
                language=locale,
                submitted_at=at,
                verified=True,
                order_ref=self.invited.line_ref,
                origin=Origin.STOREFRONT,
                origin_ref=f"{self._ref()}:answer",
            )
            actions.receive(answer, at=at)
        return voice

    def _ref(self) -> str:
        return f"invitation:{self.invitation.id}:{self.invited.product_id}"


class OwnerAnswerForm(AnswerForm):
    """The answer of an owner who was asked: one answer a request, however often it is sent."""

    def __init__(self, *args: Any, request_id: int, **more: Any) -> None:
        self.request_id = request_id
        super().__init__(*args, **more)

    def _save(self, new: NewVoice, *, caller: str, locale: str, at: datetime) -> Voice | None:
        return super()._save(replace(new, origin_ref=f"owner:{self.request_id}"), caller=caller, locale=locale, at=at)

    def _receive(self, new: NewVoice, locale: str, at: datetime) -> Voice:
        voice = super()._receive(new, locale, at)
        actions.note_answer(request_id=self.request_id, voice_id=voice.id, at=at)
        return voice
