"""The API object: what it is called, what it is made of, how it fails."""

from ninja.openapi.docs import Swagger

from parvis import __version__
from parvis.interfaces.api import (
    assistant,
    catalog,
    checkouts,
    evidence,
    media,
    metrics,
    orders,
    parcels,
    problems,
    voices,
    webhooks,
)
from parvis.interfaces.api.conditional import ConditionalAPI

DESCRIPTION = """
Parvis for programs. Authenticate with `Authorization: Bearer TOKEN` (made in the studio, each with its scopes).

* **Pages**: lists take `limit` and `cursor`; `next` of one page is the cursor of the following one.
* **ETags**: send `If-None-Match` to get 304 when nothing changed; `If-Match` on a write that must not overwrite.
* **Writes**: POST needs an `Idempotency-Key`; a retry under the same key gets the first answer, marked
  `Idempotent-Replayed: true`. The same key with another body is refused (422), a first call still running gives 409.
* **Errors** are `application/problem+json` with a stable `code` and a `request_id`, unknown addresses (`not_found`) and
  wrong methods (`method_not_allowed`) too. Lists and figures refuse query parameters that they do not know
  (`unknown_parameter`, 422); `errors` names places as they were sent (`body.quantity`).
* **Provenance**: attributes that come from the simulation of the demo say `simulated`.
"""

api = ConditionalAPI(
    title="Parvis API",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs=Swagger(settings={"persistAuthorization": False}),
)
problems.register(api)
for family in (catalog, voices, media, evidence, assistant, checkouts, orders, parcels, metrics, webhooks):
    api.add_router("", family.router)
