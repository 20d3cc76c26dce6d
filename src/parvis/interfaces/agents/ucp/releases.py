"""The releases of the protocol that are spoken here, and everything in which they differ.

The rest of the adapter asks the release that was agreed on, and compares no versions. :class:`Release` is 2026-04-08;
a later one says what it changed.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from parvis.interfaces.agents.ucp import versions
from parvis.interfaces.agents.ucp.reading import Body
from parvis.interfaces.agents.ucp.versions import (
    CART,
    CHECKOUT,
    CONSENT,
    DISCOUNT,
    FULFILMENT,
    LOOKUP,
    ORDER,
    SEARCH,
    Capability,
)

_SCHEMAS = {
    CHECKOUT: "checkout", CART: "cart", ORDER: "order", SEARCH: "catalog_search", LOOKUP: "catalog_lookup",
    DISCOUNT: "discount", FULFILMENT: "fulfillment", CONSENT: "buyer_consent",
}  # fmt: skip


class Release:
    """2026-04-08."""

    version = "2026-04-08"
    keys = "signing_keys"  # the member of a profile that holds them
    one_instrument = False  # whether a completion with several is refused
    tells_progress = False  # whether a change while the money is on its way is an outcome rather than a conflict
    consents_in_carts = False
    pages: Mapping[str, str] = {
        CHECKOUT: "checkout", CART: "cart", ORDER: "order", SEARCH: "catalog/search", LOOKUP: "catalog/lookup",
        DISCOUNT: "discount", FULFILMENT: "fulfillment", CONSENT: "buyer-consent",
    }  # fmt: skip
    extends: Mapping[str, tuple[str, ...]] = {DISCOUNT: (CHECKOUT, CART), FULFILMENT: (CHECKOUT,), CONSENT: (CHECKOUT,)}

    @property
    def root(self) -> str:
        """Where the release is published."""
        return f"https://ucp.dev/{self.version}"

    def capabilities(self) -> dict[str, Capability]:
        """What this shop declares, by name."""
        found = [
            Capability(
                name,
                self.version,
                f"{self.root}/specification/{page}",
                f"{self.root}/schemas/shopping/{_SCHEMAS[name]}.json",
                self.extends.get(name, ()),
            )
            for name, page in self.pages.items()
        ]
        own = versions.proof_extension(self.namespace())
        return {each.name: each for each in (*found, *((own,) if own else ()))}

    def namespace(self) -> str:
        """The reverse-domain name that is this shop's own; empty where its address proves none."""
        space = versions.namespace(settings.PUBLIC_URL)
        return space if space.count(".") == 1 and "-" not in space else ""

    def destination(self, kind: str, told: dict[str, Any]) -> dict[str, Any]:
        """A place of the ``kind`` shipping or pickup as it is shown."""
        return told

    def words(self, text: str) -> Any:
        """What is said of a way to deliver."""
        return text

    def fingerprint(self, raw: bytes, body: Mapping[str, Any]) -> Any:
        """What a repeated request is compared by: what its body means."""
        return dict(body)

    def consents(self, given: Body) -> dict[str, bool]:
        """What the buyer answered, by our names of the purposes."""
        names = ("analytics", "preferences", "marketing", "sale_of_data")
        return {name: given.value[name] for name in names if isinstance(given.value.get(name), bool)}

    def consents_told(self, known: Mapping[str, bool]) -> dict[str, Any]:
        """The answers as they are shown."""
        return dict(known)


class August(Release):
    """2026-08-25."""

    version = "2026-08-25"
    keys = "keys"
    one_instrument = True
    tells_progress = True
    consents_in_carts = True
    pages: Mapping[str, str] = {
        CHECKOUT: "shopping/checkout", CART: "shopping/cart", ORDER: "shopping/order",
        SEARCH: "shopping/catalog/search", LOOKUP: "shopping/catalog/lookup",
        DISCOUNT: "shopping/extensions/discount", FULFILMENT: "shopping/extensions/fulfillment",
        CONSENT: "shopping/extensions/buyer-consent",
    }  # fmt: skip
    extends: Mapping[str, tuple[str, ...]] = {**Release.extends, CONSENT: (CHECKOUT, CART)}

    def namespace(self) -> str:
        return versions.namespace(settings.PUBLIC_URL)

    def destination(self, kind: str, told: dict[str, Any]) -> dict[str, Any]:
        return {"type": "business_location" if kind == "pickup" else "shipping_address", **told}

    def words(self, text: str) -> Any:
        return {"plain": text}

    def fingerprint(self, raw: bytes, body: Mapping[str, Any]) -> Any:
        """Byte by byte."""
        return hashlib.sha256(raw).hexdigest()

    def _purposes(self) -> dict[str, tuple[str, str]]:
        """Everything that this shop asks buyers for: the protocol's name of it, ours, and what it means."""
        return {
            "dev.ucp.consent.marketing": ("marketing", gettext("News and offers of this shop by e-mail")),
            "dev.ucp.consent.analytics": ("analytics", gettext("Measuring how this shop is used")),
        }

    def consents(self, given: Body) -> dict[str, bool]:
        """Only what buyers said themselves: a platform that repeats what we told it has asked nobody."""
        found: dict[str, bool] = {}
        for purpose, (name, _meaning) in self._purposes().items():
            told = given.value.get(purpose)
            if isinstance(told, dict) and told.get("source") == "platform" and isinstance(told.get("granted"), bool):
                found[name] = told["granted"]
        return found

    def consents_told(self, known: Mapping[str, bool]) -> dict[str, Any]:
        """Everything that may be asked, with the answers that are known; nothing is agreed to before."""
        link = {"type": "privacy_policy", "url": f"{settings.PUBLIC_URL}{reverse('storefront:privacy')}"}
        return {
            purpose: {
                "granted": known.get(name, False),
                "source": "platform" if name in known else "business",
                "description": meaning,
                "links": [link],
            }
            for purpose, (name, meaning) in self._purposes().items()
        }


ROOT = Release()  # the one that the document at the root address describes
SPOKEN: Mapping[str, Release] = {each.version: each for each in (ROOT, August())}


def of(version: str) -> Release:
    """The release of a version; of one that is not spoken, the root one."""
    return SPOKEN.get(version, ROOT)
