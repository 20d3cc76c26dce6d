"""Forms with which shoppers speak. They work without a script; what is wrong is said beside the field that is wrong.

``customer_id`` is that of a signed-in customer, or of the order whose unguessable link the visitor holds; never of a
typed address. ``form.submit`` saves, and returns the voice, or None with errors in the form.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.core import limits
from parvis.core.errors import ParvisError
from parvis.core.limits import Allowance, TooMany
from parvis.domains.checkout import queries as checkout
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Purpose
from parvis.domains.voices import actions, queries, rules
from parvis.domains.voices.actions import photos
from parvis.domains.voices.contracts import AuthorRole, NewVoice, Origin, Voice, VoiceKind
from parvis.domains.voices.web.photo_fields import PhotosField
from parvis.domains.voices.web.refusals import explain
from parvis.domains.voices.web.video_fields import CaptionsField, VideoField, new_video
from parvis.domains.voices.web.words import INCENTIVES

SPEAKING = Allowance(name="voices.speak", burst=8, per_minute=1)
_INPUT = {"class": "input"}


class _Speaking(forms.Form):
    """What every form of a voice has: text, name, address, consent, a key that makes a second submit the same voice,
    and a field that people do not see."""

    text = forms.CharField(
        label=_("Your words"),
        max_length=rules.LIMITS["text"],
        widget=forms.Textarea(attrs={**_INPUT, "rows": 6}),
    )
    author_name = forms.CharField(
        label=_("Name to show"),
        max_length=rules.LIMITS["author_name"],
        help_text=_("As everybody will see it: a first name is enough."),
        widget=forms.TextInput(attrs={**_INPUT, "autocomplete": "given-name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Never shown. It lets you find, and take back, what you wrote."),
        widget=forms.EmailInput(attrs={**_INPUT, "autocomplete": "email", "inputmode": "email"}),
    )
    consent = forms.BooleanField(
        label=_("I agree that this is published with the name above"),
        error_messages={"required": _("Nothing is published without your consent.")},
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    # programs fill in what they find; people do not see it, and readers of screens are told to leave it
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "tabindex": "-1", "autocomplete": "off"}),
    )

    kind: VoiceKind

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None,
        *,
        customer_id: int | None = None,
        by_brand: bool = False,
        initial: Mapping[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        self.customer_id, self.by_brand = customer_id, by_brand
        start = {"key": secrets.token_urlsafe(18), **(initial or {})}
        super().__init__(data, files, initial=start, prefix=prefix)
        if customer_id is not None or by_brand:
            del self.fields["email"]  # who is signed in has one
        if by_brand:
            del self.fields["consent"]

    def clean_website(self) -> str:
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(_("Leave this field empty"), code="honeypot")
        return ""

    def _save(self, new: NewVoice, *, caller: str, locale: str, at: datetime) -> Voice | None:
        """Receive the voice, or put what is wrong beside its field."""
        try:
            limits.spend(SPEAKING, caller=caller, at=at)
            with transaction.atomic():
                return self._receive(new, locale, at)
        except TooMany as error:
            self.add_error(None, explain(error))
        except actions.AlreadyReviewed as error:
            actions.tell_of_earlier(voice_id=error.params["voice_id"], locale=locale, at=at)
            told = gettext(
                "This address has given its review already. We have sent it a link with which it can be changed."
            )
            self.add_error("email", told)
        except people.BadEmail:
            self.add_error("email", gettext("This does not look like an e-mail address."))
        except (rules.NotAdmitted, photos.BadPhoto, actions.BadVideo) as error:
            field = _field_of(error)
            self.add_error(field if field in self.fields else None, explain(error))
        return None

    def _receive(self, new: NewVoice, locale: str, at: datetime) -> Voice:
        if self.by_brand:
            return actions.receive(new, at=at)
        speaker = self._speaker(new, locale, at)
        voice = actions.receive(replace(new, customer_id=speaker), at=at)
        people.record_consent(
            purpose=Purpose.PUBLICATION, granted=True, source=f"{self.kind} form", customer_id=speaker, at=at
        )
        return voice

    def _speaker(self, new: NewVoice, locale: str, at: datetime) -> int:
        """Whose voice it is. Whether a typed address belongs to who typed it is unproved: it finds the voice, it
        verifies nothing."""
        if self.customer_id is not None:
            return self.customer_id
        typed = self.cleaned_data["email"]
        return people.ensure_customer(email=typed, name=new.author_name, locale=locale, at=at).id

    def _new(self, locale: str, at: datetime, **more: Any) -> NewVoice:
        return NewVoice(
            kind=self.kind,
            text=self.cleaned_data["text"],
            author_name=self.cleaned_data["author_name"],
            language=locale,
            submitted_at=at,
            origin=Origin.STOREFRONT,
            origin_ref=f"form:{self.cleaned_data['key']}",
            **more,
        )


def _field_of(error: ParvisError) -> str:
    """The field that an error speaks of."""
    if isinstance(error, photos.BadPhoto):
        return "photos"
    return "video" if isinstance(error, actions.BadVideo) else str(error.params.get("field"))


class Reviewing(_Speaking):
    """What reviews of products and of the shop share: stars, a title, and that a person has one.

    A later one takes the place of the earlier one once it is public. That the person is the same is proved by
    ``customer_id`` or by ``changing``: the earlier review itself, whose link they hold. A mere address proves nothing:
    it is sent that link instead.
    """

    stars = forms.TypedChoiceField(
        label=_("Your rating"),
        choices=[(str(star), str(star)) for star in range(1, 6)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose from 1 to 5 stars.")},
    )
    title = forms.CharField(
        label=_("Title"), required=False, max_length=rules.LIMITS["title"], widget=forms.TextInput(attrs=_INPUT)
    )

    def __init__(self, *args: Any, changing: Voice | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.changing = changing
        if changing is not None:
            self.fields.pop("email", None)

    def _speaker(self, new: NewVoice, locale: str, at: datetime) -> int:
        if self.customer_id is None and self.changing is not None and self.changing.customer_id is not None:
            speaker = self.changing.customer_id
        else:
            speaker = super()._speaker(new, locale, at)
        actions.alone_with(customer_id=speaker, product_id=new.product_id)
        earlier = queries.own_review(customer_id=speaker, product_id=new.product_id)
        if earlier is None or earlier.origin_ref == new.origin_ref:
            return speaker
        proved = self.customer_id is not None or (self.changing is not None and earlier.id == self.changing.id)
        if not proved:
            raise actions.AlreadyReviewed(voice_id=earlier.id)
        return speaker


class ReviewForm(Reviewing):
    """A review. ``sizes``: those of the product, to choose from; without them the size is typed. ``worn``: whether the
    product is put on; of a cream nobody is asked how it fits."""

    kind = VoiceKind.REVIEW
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("Up to 5, JPEG, PNG or WebP, 8 MB each. Where they were taken is removed."),
    )
    video = VideoField()
    captions = CaptionsField()
    size_worn = forms.CharField(
        label=_("Size worn"), required=False, max_length=rules.LIMITS["size_worn"], widget=forms.TextInput(attrs=_INPUT)
    )
    fit_felt = forms.TypedChoiceField(
        label=_("How it fits"),
        required=False,
        choices=[
            ("", _("I would rather not say")),
            ("-1", _("It runs small")),
            ("0", _("True to size")),
            ("1", _("It runs large")),
        ],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    height_cm = forms.IntegerField(
        label=_("Your height in cm"),
        required=False,
        min_value=50,
        max_value=260,
        help_text=_("Shown with your review, so that others can compare."),
        widget=forms.NumberInput(attrs={**_INPUT, "inputmode": "numeric"}),
    )
    experienced_on = forms.DateField(
        label=_("Since when you have had it"),
        required=False,
        widget=forms.DateInput(attrs={**_INPUT, "type": "date"}, format="%Y-%m-%d"),
    )
    incentive = forms.ChoiceField(
        label=_("Did you receive something in exchange for this review?"),
        required=False,
        choices=[("", _("No, nothing")), *((key, words) for key, words in INCENTIVES.items())],
        help_text=_("Shown with your review, as the law asks."),
        widget=forms.Select(attrs=_INPUT),
    )

    def __init__(self, *args: Any, sizes: Sequence[str] = (), worn: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        if not worn:
            del self.fields["size_worn"], self.fields["fit_felt"], self.fields["height_cm"]
        if not actions.video_possible():
            del self.fields["video"], self.fields["captions"]
        if sizes and worn:
            choices = [("", gettext("I would rather not say")), *((size, size) for size in sizes)]
            self.fields["size_worn"] = forms.ChoiceField(
                label=_("Size worn"), required=False, choices=choices, widget=forms.Select(attrs=_INPUT)
            )

    def _receive(self, new: NewVoice, locale: str, at: datetime) -> Voice:
        voice = super()._receive(new, locale, at)
        given = self.cleaned_data
        video = new_video(given.get("video"), given.get("captions", b""), locale)
        if video is None:
            return voice
        actions.attach_video(voice_id=voice.id, video=video, at=at)
        return queries.voice(voice.id, original=True)

    def _look_at_photos(self) -> None:
        """Say what is wrong with the photos too when the form comes back anyway: everything at once."""
        try:
            photos.encode_all(self.cleaned_data.get("photos") or ())
        except photos.BadPhoto as error:
            self.add_error("photos", explain(error))

    def submit(self, *, product_id: int, caller: str, locale: str, at: datetime) -> Voice | None:
        """Save the review as held. It is a verified purchase when the customer has bought the product.

        ``caller`` is the visitor's address, for the rate limit. None: nothing was saved, the form says why.
        """
        if not self.is_valid():
            self._look_at_photos()
            return None
        given = self.cleaned_data
        bought = None
        if self.customer_id is not None:
            bought = checkout.purchased(customer_id=self.customer_id, product_id=product_id)
        new = self._new(
            locale,
            at,
            product_id=product_id,
            title=given["title"],
            stars=given["stars"],
            size_worn=given.get("size_worn", ""),
            fit_felt=given.get("fit_felt"),
            height_cm=given.get("height_cm"),
            experienced_on=given["experienced_on"],
            incentive=given["incentive"],
            photos=given["photos"],
            verified=bought is not None or (self.changing is not None and self.changing.verified),
            order_ref=bought.ref if bought else self.changing.order_ref if self.changing is not None else "",
        )
        return self._save(new, caller=caller, locale=locale, at=at)


class QuestionForm(_Speaking):
    """A question about a product."""

    kind = VoiceKind.QUESTION
    field_order = ("text", "author_name", "email")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["text"].label = _("Your question")
        self.fields["text"].widget.attrs["rows"] = 3

    def submit(self, *, product_id: int, caller: str, locale: str, at: datetime) -> Voice | None:
        """Save the question as held; None when the form says why not."""
        if not self.is_valid():
            return None
        return self._save(self._new(locale, at, product_id=product_id), caller=caller, locale=locale, at=at)


class AnswerForm(_Speaking):
    """An answer to a question, by somebody who owns the product, by another shopper, or (``by_brand=True``, only in the
    studio) by the brand."""

    kind = VoiceKind.ANSWER

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["text"].label = _("Your answer")
        self.fields["text"].widget.attrs["rows"] = 3

    def submit(self, *, question: Voice, caller: str, locale: str, at: datetime) -> Voice | None:
        """Save the answer as held, moderated like every voice. Who has bought the product is labelled as its owner."""
        if not self.is_valid():
            return None
        role = AuthorRole.BRAND if self.by_brand else AuthorRole.SHOPPER
        bought = None
        if not self.by_brand and self.customer_id is not None and question.product_id is not None:
            bought = checkout.purchased(customer_id=self.customer_id, product_id=question.product_id)
        if bought is not None:
            role = AuthorRole.OWNER
        new = self._new(
            locale,
            at,
            parent_id=question.id,
            author_role=role,
            verified=bought is not None,
            order_ref=bought.ref if bought else "",
        )
        return self._save(new, caller=caller, locale=locale, at=at)
