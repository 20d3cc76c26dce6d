"""What search engines ask of each type, beyond the vocabulary: published rules as a table.

Source: the public documentation of Google's rich results (product snippet, merchant listing, review snippet,
breadcrumb, video, clip, image licence, job posting, recipe), as of November 2026; verdicts compared with an open
reference validator (benchmarks/markup_verdicts.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """``names``: paths of which one must be there ("item.name"); ``kind``: what its value must be, "" for anything."""

    names: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Fields of a type: without ``required`` ones a page is not eligible, ``wanted`` ones make it better."""

    required: tuple[Field, ...] = ()
    wanted: tuple[Field, ...] = ()


def _fields(*told: str) -> tuple[Field, ...]:
    """From "name", "price:number" or "contentUrl|url:url"."""
    made = []
    for each in told:
        names, _, kind = each.partition(":")
        made.append(Field(tuple(names.split("|")), kind))
    return tuple(made)


def _asked(required: str = "", wanted: str = "") -> Asked:
    return Asked(_fields(*required.split()), _fields(*wanted.split()))


GTINS = ("gtin", "gtin8", "gtin12", "gtin13", "gtin14", "isbn")

BY_TYPE: dict[str, Asked] = {
    "3DModel": _asked("encoding encoding.contentUrl:url"),
    "AggregateOffer": _asked("lowPrice:number priceCurrency:currency", "highPrice:number offerCount:number"),
    "AggregateRating": _asked("ratingValue ratingCount|reviewCount:number", "bestRating worstRating"),
    "Answer": _asked("text", "author datePublished:date upvoteCount url:url"),
    "Brand": _asked("name"),
    "BreadcrumbList": _asked("itemListElement"),
    "BroadcastEvent": _asked("startDate:date endDate:date isLiveBroadcast"),
    "Certification": _asked("issuedBy name", "certificationIdentification|certificationRating"),
    "Clip": _asked("name:text startOffset:number url:url", "endOffset:number"),
    "DefinedRegion": _asked("addressCountry"),
    "FAQPage": _asked("mainEntity"),
    "HowToDirection": _asked("text:text"),
    "HowToSection": _asked("itemListElement name:text"),
    "HowToStep": _asked("text|itemListElement", "image name:text url:url video"),
    "HowToTip": _asked("text:text"),
    "ImageObject": _asked("contentUrl|url:url"),
    "JobPosting": _asked(
        "title:text description:text datePosted:date hiringOrganization",
        "baseSalary directApply employmentType identifier validThrough:date",
    ),
    "ListItem": _asked("name|item.name:text position"),
    "MerchantReturnPolicy": _asked("", "returnMethod"),
    "OfferShippingDetails": _asked(
        "deliveryTime shippingDestination shippingRate shippingRate.currency shippingRate.value|shippingRate.maxValue"
    ),
    "Person": _asked("name"),
    "PriceSpecification": _asked("", "priceCurrency:currency"),
    "Product": _asked(
        "name image offers",
        "aggregateRating review brand description:text sku|mpn|offers.sku",
    ),
    "ProductGroup": _asked("name productGroupID", "hasVariant variesBy description:text aggregateRating review brand"),
    "QAPage": _asked("mainEntity"),
    "Question": _asked("name", "text author datePublished:date"),
    "Rating": _asked("ratingValue", "bestRating worstRating"),
    "Recipe": _asked(
        "name:text image",
        "aggregateRating author datePublished:date description:text keywords recipeCategory recipeIngredient video",
    ),
    "Review": _asked("author reviewRating", "datePublished:date reviewBody"),
    "SeekToAction": _asked("target startOffset-input"),
    "ShippingDeliveryTime": _asked("", "handlingTime|transitTime"),
    "VideoObject": _asked(
        "name:text thumbnailUrl uploadDate:date", "description:text duration:duration contentUrl|embedUrl:url"
    ),
}
# Types that are asked the same as another.
BY_TYPE["UnitPriceSpecification"] = BY_TYPE["PriceSpecification"]
# An offer is asked for its price where a product holds it.
OFFER_OF_PRODUCT = _asked(
    "price|priceSpecification.price:number",
    "priceCurrency|priceSpecification.priceCurrency:currency availability shippingDetails hasMerchantReturnPolicy",
)
# Alone at the top of a document a rating must say what is rated, and a picture whose it is.
RATED_ALONE = _asked("itemReviewed itemReviewed.name")
PICTURE_ALONE = _asked("creator|creditText|copyrightNotice|license", "creator creditText copyrightNotice license")
IN_DELIVERY = _asked("maxValue minValue unitCode")
IN_UNIT_PRICE = _asked("unitCode value")
# A product that is a variant takes these from its group.
FROM_GROUP = frozenset({"aggregateRating", "review", "brand", "description", "image"})
