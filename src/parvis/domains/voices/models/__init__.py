"""Tables. What a voice says is never changed; what is decided about it is a trail that only grows."""

from parvis.domains.voices.models.aspect import Aspect, CategoryKind
from parvis.domains.voices.models.burst import Burst, BurstMember, Sketch
from parvis.domains.voices.models.decision import Decision
from parvis.domains.voices.models.importing import ImportMapping, ImportRun, PhotoLink, ProductAlias
from parvis.domains.voices.models.invitation import (
    Campaign,
    Invitation,
    InvitationSettings,
    InvitedProduct,
    OwnerRequest,
)
from parvis.domains.voices.models.moving import MovedInvitation, MovedVoice, MovedVote
from parvis.domains.voices.models.opinion import Opinion
from parvis.domains.voices.models.policy import Policy
from parvis.domains.voices.models.reading import Reading
from parvis.domains.voices.models.redeciding import Redeciding
from parvis.domains.voices.models.report import Report
from parvis.domains.voices.models.rereading import Rereading
from parvis.domains.voices.models.review import Appeal, Check, Proposal, Statement
from parvis.domains.voices.models.star_model import StarModel
from parvis.domains.voices.models.video import Video
from parvis.domains.voices.models.voice import Media, Voice
from parvis.domains.voices.models.vote import Vote

__all__ = [
    "Appeal",
    "Aspect",
    "Burst",
    "BurstMember",
    "Campaign",
    "CategoryKind",
    "Check",
    "Decision",
    "ImportMapping",
    "ImportRun",
    "Invitation",
    "InvitationSettings",
    "InvitedProduct",
    "Media",
    "MovedInvitation",
    "MovedVoice",
    "MovedVote",
    "Opinion",
    "OwnerRequest",
    "PhotoLink",
    "Policy",
    "ProductAlias",
    "Proposal",
    "Reading",
    "Redeciding",
    "Report",
    "Rereading",
    "Sketch",
    "StarModel",
    "Statement",
    "Video",
    "Voice",
    "Vote",
]
