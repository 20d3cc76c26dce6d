"""What can be done with voices: one verb each, keyword-only, with its time."""

from parvis.domains.voices.actions.appeals import answer_appeal, appeal
from parvis.domains.voices.actions.asking import (
    INVITATION_MAIL,
    aspect_words,
    invitation_context,
    invite_due,
    remind_due,
    review_url,
)
from parvis.domains.voices.actions.asking_owners import ask_owners, note_answer
from parvis.domains.voices.actions.aspects import restore_aspect, save_aspect, set_category_kind
from parvis.domains.voices.actions.bursts import KEPT_FOR as SKETCHES_KEPT_FOR
from parvis.domains.voices.actions.bursts import forget_sketches
from parvis.domains.voices.actions.deciding import AlreadyDecided, CannotUndo, decide, undo, withdraw
from parvis.domains.voices.actions.erasing import erase_customer
from parvis.domains.voices.actions.examining import examine, examine_pending
from parvis.domains.voices.actions.files import BadFile
from parvis.domains.voices.actions.importing import (
    begin_check,
    continue_import,
    discard_import,
    import_file,
    name_product,
    plan_import,
    start_import,
    store_import,
)
from parvis.domains.voices.actions.invitation_settings import end_campaign, set_invitations, start_campaign
from parvis.domains.voices.actions.inviting import (
    mail_keys,
    note_opened,
    note_reviews,
    refresh_orders,
    schedule_invitations,
    stop_by_mail,
    stop_customer,
)
from parvis.domains.voices.actions.moving import move_back, move_customer
from parvis.domains.voices.actions.photos import MAX_BYTES as PHOTO_BYTES
from parvis.domains.voices.actions.photos import MAX_PHOTOS as PHOTOS_EACH
from parvis.domains.voices.actions.photos import BadPhoto
from parvis.domains.voices.actions.picturing import fetch_photos
from parvis.domains.voices.actions.policies import PolicyMoved, policy_in_force, save_policy
from parvis.domains.voices.actions.proposals import take_back as take_proposal_back
from parvis.domains.voices.actions.readings import Reader
from parvis.domains.voices.actions.receiving import receive, receive_many
from parvis.domains.voices.actions.redeciding import continue_redeciding, start_redeciding, stop_redeciding
from parvis.domains.voices.actions.replacing import AlreadyReviewed, alone_with, replace_earlier, tell_of_earlier
from parvis.domains.voices.actions.reports import forget_reporters, report
from parvis.domains.voices.actions.rereading import (
    continue_rereading,
    read_again,
    start_rereading,
    stop_rereading,
)
from parvis.domains.voices.actions.second_opinions import ask_again, ask_opinions
from parvis.domains.voices.actions.second_opinions import left as opinions_left
from parvis.domains.voices.actions.star_models import (
    NoBetter,
    Outdated,
    TooFewLessons,
    adopt_star_model,
    ask_for_star_model,
    learn_stars,
    retire_star_model,
)
from parvis.domains.voices.actions.telling import acknowledge, ground_words, tell_appeals, tell_authors, tell_reporters
from parvis.domains.voices.actions.trying import check_import, preview_import
from parvis.domains.voices.actions.videos import (
    BadVideo,
    NewVideo,
    ask_to_prepare,
    attach_video,
    prepare_video,
    remove_video,
    show_video,
    sweep_videos,
    video_possible,
    waiting_video,
)
from parvis.domains.voices.actions.voting import OwnVoice, vote
from parvis.domains.voices.actions.withholding import withhold
from parvis.domains.voices.rules import OpinionMode

__all__ = [
    "INVITATION_MAIL",
    "PHOTOS_EACH",
    "PHOTO_BYTES",
    "SKETCHES_KEPT_FOR",
    "AlreadyDecided",
    "AlreadyReviewed",
    "BadFile",
    "BadPhoto",
    "BadVideo",
    "CannotUndo",
    "NewVideo",
    "NoBetter",
    "OpinionMode",
    "Outdated",
    "OwnVoice",
    "PolicyMoved",
    "Reader",
    "TooFewLessons",
    "acknowledge",
    "adopt_star_model",
    "alone_with",
    "answer_appeal",
    "appeal",
    "ask_again",
    "ask_for_star_model",
    "ask_opinions",
    "ask_owners",
    "ask_to_prepare",
    "aspect_words",
    "attach_video",
    "begin_check",
    "check_import",
    "continue_import",
    "continue_redeciding",
    "continue_rereading",
    "decide",
    "discard_import",
    "end_campaign",
    "erase_customer",
    "examine",
    "examine_pending",
    "fetch_photos",
    "forget_reporters",
    "forget_sketches",
    "ground_words",
    "import_file",
    "invitation_context",
    "invite_due",
    "learn_stars",
    "mail_keys",
    "move_back",
    "move_customer",
    "name_product",
    "note_answer",
    "note_opened",
    "note_reviews",
    "opinions_left",
    "plan_import",
    "policy_in_force",
    "prepare_video",
    "preview_import",
    "read_again",
    "receive",
    "receive_many",
    "refresh_orders",
    "remind_due",
    "remove_video",
    "replace_earlier",
    "report",
    "restore_aspect",
    "retire_star_model",
    "review_url",
    "save_aspect",
    "save_policy",
    "schedule_invitations",
    "set_category_kind",
    "set_invitations",
    "show_video",
    "start_campaign",
    "start_import",
    "start_redeciding",
    "start_rereading",
    "stop_by_mail",
    "stop_customer",
    "stop_redeciding",
    "stop_rereading",
    "store_import",
    "sweep_videos",
    "take_proposal_back",
    "tell_appeals",
    "tell_authors",
    "tell_of_earlier",
    "tell_reporters",
    "undo",
    "video_possible",
    "vote",
    "waiting_video",
    "withdraw",
    "withhold",
]
