"""What goes wrong in the protocol itself, with the codes and statuses that UCP gives it."""

from parvis.core.errors import ParvisError


class InvalidProfileUrl(ParvisError):
    """UCP-Agent names no profile that may be fetched; ``reason`` says why."""

    code = "invalid_profile_url"
    status = 400
    template = "The header UCP-Agent names no usable profile: %(reason)s."


class ProfileUnreachable(ParvisError):
    """The profile could not be fetched."""

    code = "profile_unreachable"
    status = 424
    template = "The profile could not be fetched: %(reason)s."


class ProfileMalformed(ParvisError):
    """What was fetched is no profile."""

    code = "profile_malformed"
    status = 422
    template = "The profile cannot be read: %(reason)s."


class ProfileNotTrusted(ParvisError):
    """The brand does not deal with this platform (now)."""

    code = "profile_not_trusted"
    status = 403
    template = "This shop does not serve this platform: %(reason)s."


class VersionUnsupported(ParvisError):
    """The platform speaks another version of the protocol."""

    code = "version_unsupported"
    status = 422
    template = "Version %(asked)s is not supported. This shop supports %(spoken)s."


class IdentityConflict(ParvisError):
    """The credential is another platform's than the profile."""

    code = "forbidden"
    status = 403
    template = "This key does not belong to the platform that UCP-Agent names."


class IdempotencyConflict(ParvisError):
    """The key was used for another request, or its first request still runs."""

    code = "idempotency_conflict"
    status = 409
    template = "The Idempotency-Key was already used for a different request, or that request is still running."


class DiscoveryBusy(ParvisError):
    """Too many unknown profiles are being fetched; ``retry_after`` in seconds."""

    code = "discovery_busy"
    status = 503
    template = "Too many new platforms at once: try again in %(retry_after)d seconds."


class TooLarge(ParvisError):
    """More identifiers than are looked up at once."""

    code = "request_too_large"
    status = 400
    template = "At most %(most)d identifiers can be looked up at once."


class BadRequest(ParvisError):
    """The body is not what the operation takes; ``path`` is a JSONPath, ``reason`` says why."""

    code = "invalid_request"
    status = 400
    template = "%(path)s: %(reason)s."


class TooManyInstruments(ParvisError):
    """A business outcome: one instrument pays for a checkout."""

    code = "payment_failed"
    status = 200
    template = "One means of payment is needed, not several."


class CapabilitiesIncompatible(ParvisError):
    """A business outcome: the platform and this shop share no version of what the operation needs."""

    code = "capabilities_incompatible"
    status = 200
    template = "The platform and this shop have no common version of %(capability)s."
