"""How the exports of other platforms are laid out: which of their columns is which of ours.

Names are canonical (``columns.canonical``), so that "Review Content", "review_content" and the path "reviewContent" of
a JSON object are one. A layout is recognised by columns that only it has; docs/import.md lists them for people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from parvis.domains.voices.contracts import DateOrder
from parvis.domains.voices.rules.columns import canonical


@dataclass(frozen=True, slots=True)
class Layout:
    """``marks``: sets of canonical headers; a file with all of one set has this layout. ``columns``: canonical header
    -> column ("" for one that would otherwise be mistaken). ``source`` keeps its ids apart from other platforms'.
    ``shop``: its reviews are about the shop, not about a product. ``syndicated``: the name under which its public
    reviews are known. ``dates``: the order of 03/04/2026 there. ``kinds``: canonical header -> kind of every row."""

    key: str
    name: str
    marks: tuple[frozenset[str], ...]
    columns: Mapping[str, str]
    source: str = ""
    shop: bool = False
    syndicated: str = ""
    dates: DateOrder | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)


def _marks(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(names.split()) for names in sets)


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        key="judgeme",
        name="Judge.me",
        source="judgeme",
        marks=_marks(
            "body rating curated reviewername producthandle",
            "body rating reviewername reviewdate producthandle pictureurls",
            "body rating reviewername productexternalid",
        ),
        columns={
            "productid": "product",
            "productexternalid": "product",
            "producthandle": "product_handle",
            "body": "text",
            "reviewdate": "submitted_at",
            "reviewername": "author_name",
            "revieweremail": "author_email",
            "reviewerexternalid": "author_id",
            "reviewerid": "",
            "pictureurls": "photos",
            "picturesurlsoriginal": "photos",
            "replydate": "reply_at",
            "curated": "status",
            "source": "",
            "ipaddress": "",
        },
    ),
    Layout(
        key="yotpo",
        name="Yotpo",
        source="yotpo",
        marks=_marks(
            "reviewscore reviewcontent",
            "score content reviewertype",
            "score content verifiedbuyer userdisplayname",
            "score content sku createdat votesup",
        ),
        columns={
            "reviewid": "id",
            "reviewscore": "stars",
            "score": "stars",
            "reviewcontent": "text",
            "content": "text",
            "reviewcreationdate": "submitted_at",
            "reviewdate": "submitted_at",
            "productid": "product",
            "producturl": "product_url",
            "sku": "product_sku",
            "reviewerdisplayname": "author_name",
            "displayname": "author_name",
            "userdisplayname": "author_name",
            "useruserid": "author_id",
            "revieweremail": "author_email",
            "reviewertype": "verified",
            "verifiedpurchase": "verified",
            "verifiedbuyer": "verified",
            "commentcontent": "reply",
            "commentcreatedat": "reply_at",
            "commentcreationdate": "reply_at",
            "publishedimageurls": "photos",
            "imagesdataoriginalurl": "photos",
            "imageurls": "photos",
            "published": "",
            "title": "title",
            "reviewtitle": "title",
            "isincentivized": "incentive",
            "sourcereviewid": "",
        },
    ),
    Layout(
        key="trustpilot",
        name="Trustpilot",
        source="trustpilot",
        shop=True,
        syndicated="Trustpilot",
        marks=_marks(
            "reviewstars reviewcontent",
            "stars text consumerdisplayname createdat",
        ),
        columns={
            "reviewid": "id",
            "reviewstars": "stars",
            "reviewcontent": "text",
            "reviewcreated": "submitted_at",
            "reviewcreatedutc": "submitted_at",
            "reviewdate": "submitted_at",
            "reviewusername": "author_name",
            "reviewername": "author_name",
            "consumerdisplayname": "author_name",
            "consumerid": "author_id",
            "reviewuserid": "author_id",
            "reviewuseremail": "author_email",
            "referralemail": "author_email",
            "reviewreply": "reply",
            "reviewcompanyreply": "reply",
            "companyreplytext": "reply",
            "companyreplydateutc": "reply_at",
            "companyreplycreatedat": "reply_at",
            "referenceid": "order_ref",
            "reviewlink": "syndicated_url",
            "sourceofreview": "",
            "source": "",
            "isverified": "verified",
            "experiencedat": "experienced_on",
            "name": "",
            "tags": "",
            "businessunitid": "",
            "locationid": "",
        },
    ),
    Layout(
        key="trustpilot_products",
        name="Trustpilot (products)",
        source="trustpilot",
        syndicated="Trustpilot",
        marks=_marks("stars content consumerdisplayname productsku", "stars content consumername sku"),
        columns={
            "content": "text",
            "productsku": "product_sku",
            "productproducturl": "product_url",
            "productid": "",
            "productname": "",
            "consumerdisplayname": "author_name",
            "consumername": "author_name",
            "consumeremail": "author_email",
            "consumerid": "author_id",
            "referenceid": "order_ref",
            "attachmentsprocessedfilesurl": "photos",
            "firstcompanycommentcomment": "reply",
            "firstcompanycommentcreatedat": "reply_at",
            "businessunitid": "",
        },
    ),
    Layout(
        key="google_products",
        name="Google Merchant Center",
        source="google",
        marks=_marks(
            "reviewid reviewtimestamp content ratingsoverall",
            "productreviewid productreviewattributesreviewtime",
            "productreviewid attributesreviewtime",
        ),
        columns={
            "reviewername": "author_name",
            "reviewerreviewerid": "author_id",
            "reviewtimestamp": "submitted_at",
            "ratingsoverall": "stars",
            "reviewurl": "syndicated_url",
            "productsproductproductidsgtinsgtin": "product_gtin",
            "productsproductproductidsskussku": "product_sku",
            "productsproductproductidsmpnsmpn": "product",
            "productsproductproducturl": "product_url",
            "reviewerimagesreviewerimageurl": "photos",
            "isverifiedpurchase": "verified",
            "isincentivizedreview": "incentive",
            "transactionid": "order_ref",
            "productreviewid": "id",
            **{
                f"{prefix}{name}": column
                for prefix in ("attributes", "productreviewattributes")
                for name, column in {
                    "reviewtime": "submitted_at",
                    "rating": "stars",
                    "title": "title",
                    "content": "text",
                    "reviewerusername": "author_name",
                    "reviewerid": "author_id",
                    "reviewlanguage": "language",
                    "reviewlinklink": "syndicated_url",
                    "reviewerimagelinks": "photos",
                    "gtins": "product_gtin",
                    "skus": "product_sku",
                    "mpns": "product",
                    "productlinks": "product_url",
                    "isverifiedpurchase": "verified",
                    "isincentivizedreview": "incentive",
                    "transactionid": "order_ref",
                }.items()
            },
            "name": "",
        },
    ),
    Layout(
        key="google_business",
        name="Google Business Profile",
        source="google-business",
        shop=True,
        syndicated="Google",
        marks=_marks("reviewid starrating reviewerdisplayname", "starrating comment createtime"),
        columns={
            "starrating": "stars",
            "comment": "text",
            "createtime": "submitted_at",
            "reviewerdisplayname": "author_name",
            "reviewreplycomment": "reply",
            "reviewreplyupdatetime": "reply_at",
            "reviewmediaitemsmediaurl": "photos",
            "name": "",
        },
    ),
    Layout(
        key="bazaarvoice",
        name="Bazaarvoice",
        source="bazaarvoice",
        marks=_marks(
            "reviewtext usernickname",
            "reviewtext rating submissiontime",
            "reviewtext rating displayname productid",
            "questionsummary usernickname",
            "answertext questionid",
        ),
        columns={
            "id": "id",
            "reviewid": "id",
            "productid": "product",
            "productexternalid": "product",
            "overallrating": "stars",
            "reviewtext": "text",
            "reviewtitle": "title",
            "usernickname": "author_name",
            "userprofilereferencedisplayname": "author_name",
            "displayname": "author_name",
            "authorid": "author_id",
            "userprofilereferenceid": "author_id",
            "useremailaddress": "author_email",
            "submissiontime": "submitted_at",
            "originalsubmissiontime": "submitted_at",
            "reviewsubmissiondate": "submitted_at",
            "contentlocale": "language",
            "displaylocale": "language",
            "clientresponsesresponse": "reply",
            "clientresponsesdate": "reply_at",
            "clientresponsesname": "reply_author",
            "photossizesnormalurl": "photos",
            "photosphotonormalurl": "photos",
            "syndicationsourcename": "syndicated_from",
            "syndicationsourcecontentlink": "syndicated_url",
            "contextdatavaluesverifiedpurchaservalue": "verified",
            "badgesverifiedpurchasercontenttype": "verified",
            "verifiedpurchaser": "verified",
            "contextdatavaluesincentivizedreviewvalue": "incentive",
            "incentivizedreview": "incentive",
            "contextdatavaluesagevalue": "",
            "totalpositivefeedbackcount": "votes_up",
            "totalnegativefeedbackcount": "votes_down",
            "moderationstatus": "status",
            "questionsummary": "title",
            "questiondetails": "text",
            "answertext": "text",
            "questionid": "parent",
            "ratingrange": "",
            "sourceclient": "",
            "issyndicated": "",
            "submissionid": "",
            "cid": "",
        },
        kinds={"questionsummary": "question", "answertext": "answer", "reviewtext": "review"},
    ),
    Layout(
        key="shopify",
        name="Shopify Product Reviews",
        source="shopify",
        marks=_marks("producthandle state rating author body createdat"),
        columns={"producthandle": "product_handle", "body": "text", "repliedat": "reply_at", "location": ""},
    ),
    Layout(
        key="loox",
        name="Loox",
        source="loox",
        marks=_marks("rating nickname review productid handle img"),
        columns={
            "productid": "product",
            "handle": "product_handle",
            "review": "text",
            "nickname": "author_name",
            "fullname": "",
            "img": "photos",
            "variant": "",
        },
    ),
    Layout(
        key="okendo",
        name="Okendo",
        source="okendo",
        marks=_marks("reviewid productid rating body datecreated"),
        columns={
            "productid": "product",
            "body": "text",
            "reviewername": "author_name",
            "revieweremail": "author_email",
            "isverifiedbuyer": "verified",
            "datecreated": "submitted_at",
            "imageurls": "photos",
            "name": "author_name",
        },
    ),
    Layout(
        key="questions",
        name="Questions and answers",
        marks=_marks("question answer", "question reponse"),
        columns={"question": "text", "answer": "reply", "reponse": "reply", "body": "", "title": "title"},
        kinds={"question": "question"},
    ),
)
BY_KEY: Mapping[str, Layout] = {layout.key: layout for layout in LAYOUTS}


def detect(headers: Iterable[str]) -> Layout | None:
    """The layout whose marks the headers bear; of several the one with the most specific mark."""
    present = {canonical(header) for header in headers}
    best: tuple[int, Layout] | None = None
    for layout in LAYOUTS:
        length = max((len(mark) for mark in layout.marks if mark <= present), default=0)
        if length and (best is None or length > best[0]):
            best = (length, layout)
    return best[1] if best else None


def kind_of(layout: Layout | None, headers: Iterable[str]) -> str:
    """The kind of every row of a file that has this layout, "" when the rows say it or are reviews."""
    present = {canonical(header) for header in headers}
    found = {kind for mark, kind in (layout.kinds if layout else {}).items() if mark in present}
    return found.pop() if len(found) == 1 and "kind" not in present else ""
