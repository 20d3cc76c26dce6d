"""What pages compose: forms for reviews, questions and answers, words for reasons and errors, and stored photos.

Interfaces own pages and routes; the templates (``voices/*.html``) are fragments to be included.
"""

from parvis.domains.voices.web.aspects import cue_lines, cues_from
from parvis.domains.voices.web.forms import AnswerForm, QuestionForm, ReviewForm
from parvis.domains.voices.web.media import media
from parvis.domains.voices.web.refusals import (
    column_label,
    explain,
    import_problem,
    rejection_ground,
    rejection_message,
)
from parvis.domains.voices.web.reports import ReportForm
from parvis.domains.voices.web.video_fields import video_problem
from parvis.domains.voices.web.words import (
    author_reason,
    incentive_label,
    kind_label,
    outcome_label,
    personal_label,
    reason_choices,
    reason_label,
    role_label,
    state_label,
)

__all__ = [
    "AnswerForm",
    "QuestionForm",
    "ReportForm",
    "ReviewForm",
    "author_reason",
    "column_label",
    "cue_lines",
    "cues_from",
    "explain",
    "import_problem",
    "incentive_label",
    "kind_label",
    "media",
    "outcome_label",
    "personal_label",
    "reason_choices",
    "reason_label",
    "rejection_ground",
    "rejection_message",
    "role_label",
    "state_label",
    "video_problem",
]
