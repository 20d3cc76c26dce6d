"""Exports of other platforms, in their own layouts: recognised by themselves, with all that hangs on a review."""

# ruff: noqa: E501 - the lines of foreign files are as long as they are

import io
import json

import pytest

from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.contracts import AuthorRole, DateOrder, ImportState, VoiceKind
from parvis.domains.voices.rules import layouts, plans

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def run(data, at, **more):
    if not isinstance(data, str | bytes):
        data = json.dumps(data)
    raw = data if isinstance(data, bytes) else data.encode()
    done = actions.import_file(stream=io.BytesIO(raw), filename="export", actor_id=None, at=at, **more)
    assert done.state is ImportState.DONE, done.error
    return done


def told(done):
    return [(row.line, row.code) for row in queries.rejected_rows(done.id)]


def the(text):
    return models.Voice.objects.get(text=text)


JUDGEME = """title,body,rating,review_date,source,curated,reviewer_name,reviewer_email,product_id,product_handle,reply,reply_date,picture_urls,ip_address,location
Top,"Très légère, avec des poches",5,2025-03-02 10:12:00 UTC,web,ok,Camille R.,Camille@Mail.example,7012345678,linen-dress,Merci Camille !,2025-03-03 08:00:00 UTC,"https://img.example/a.jpg,https://img.example/b.jpg",1.1.1.1,FR
Bof,Un peu court,2,2025-01-10 09:00:00 UTC,web,not-yet,Marc,marc@mail.example,7012345678,linen-dress,,,,,
Spam,Buy watches here,5,2025-01-10 09:00:00 UTC,web,spam,Bot,b@mail.example,1,linen-dress,,,,,
"""


def test_judgeme(dress, at):
    done = run(JUDGEME, at)
    assert (done.plan.layout, done.rows, done.accepted, done.rejected) == ("judgeme", 3, 2, 1)
    assert (done.replies, done.photos) == (1, 2)
    assert told(done) == [(4, "refused_there")]
    voice = the("Très légère, avec des poches")
    assert (voice.product_id, voice.stars, voice.author_name) == (dress, 5, "Camille R.")
    assert voice.submitted_at.isoformat() == "2025-03-02T10:12:00+00:00"
    assert voice.syndicated_from == ""  # it was collected for this very shop
    assert voice.customer_id == people_queries.customer_by_email("camille@mail.example").id
    reply = the("Merci Camille !")
    assert (reply.kind, reply.parent_id, reply.author_role) == (VoiceKind.COMMENT, voice.id, AuthorRole.BRAND)
    assert reply.submitted_at.isoformat() == "2025-03-03T08:00:00+00:00"
    again = run(JUDGEME, at)
    assert (again.accepted, again.duplicates, again.replies) == (0, 2, 0)
    assert models.PhotoLink.objects.count() == 2


def test_judgeme_answers_of_its_api(dress, at):
    done = run(
        {
            "current_page": 1,
            "reviews": [
                {
                    "id": 11,
                    "title": "Fine",
                    "body": "Airy and well cut",
                    "rating": 4,
                    "product_external_id": 42,
                    "product_handle": "Linen-Dress",
                    "reviewer": {"id": 5, "email": "ana@mail.example", "name": "Ana", "external_id": 99},
                    "verified": "buyer",
                    "created_at": "2025-05-01T12:00:00Z",
                    "curated": "ok",
                    "hidden": False,
                    "pictures": [
                        {
                            "hidden": False,
                            "urls": {"original": "https://img.example/x.jpg", "small": "https://i.example/s.jpg"},
                        }
                    ],
                }
            ],
        },
        at,
    )
    assert (done.format, done.plan.layout, done.accepted, done.photos) == ("json", "judgeme", 1, 1)
    voice = the("Airy and well cut")
    assert (voice.origin_ref, voice.verified, voice.author_name) == ("judgeme:11", True, "Ana")
    assert people_queries.customers_by_handle("judgeme", ["99"]) == {"99": voice.customer_id}


def test_yotpo(dress, at):
    text = (
        "Review Title;Review Content;Review Score;Date;Product ID;Product Title;Product URL;Display Name;Email;"
        "Verified Purchase;Comment Content;Is incentivized\n"
        'Super;"Je recommande ; vraiment ""top""";5;25/03/2025;999;Robe;https://shop.example/products/linen-dress?v=1;'
        "Ana L.;a@mail.example;Yes;Merci;true\n"
    )
    done = run(text.encode("cp1252"), at)
    assert (done.plan.layout, done.plan.dates, done.accepted, done.replies) == ("yotpo", DateOrder.DAY, 1, 1)
    voice = the('Je recommande ; vraiment "top"')
    assert (voice.product_id, voice.verified, voice.incentive) == (dress, True, "reward")
    assert voice.submitted_at.date().isoformat() == "2025-03-25"


def test_yotpo_answers_of_its_api(dress, at):
    review = {
        "id": 7,
        "title": "ok",
        "content": "Soft linen",
        "score": 5,
        "votes_up": 3,
        "votes_down": 1,
        "created_at": "2025-02-01T08:00:00.000Z",
        "sku": "DR-S",
        "name": "Jo",
        "email": "jo@mail.example",
        "reviewer_type": "verified_buyer",
    }
    done = run(
        {"reviews": [review, {**review, "id": 8, "content": "Rough linen", "reviewer_type": "anonymous_user"}]}, at
    )
    assert (done.plan.layout, done.accepted) == ("yotpo", 2)
    assert (the("Soft linen").verified, the("Rough linen").verified) == (True, False)
    assert (the("Soft linen").product_id, the("Soft linen").votes_up) == (dress, 3)


def test_trustpilot_reviews_of_the_shop_come_in_without_a_product(dress, at):
    text = (
        "Review Id;Review Created (UTC);Review Username;Review User Email;Review Title;Review Content;Review Stars;"
        "Source Of Review;Review Language;Reference Id;Company Reply Date (UTC);Review Reply\n"
        "abc;2025-06-01 10:00:00;Zoé;zoe@mail.example;Rapide;Livraison en deux jours;5;Invitation;fr;P-000123;"
        "2025-06-02 09:00:00;Merci Zoé\n"
    )
    done = run("\ufeff" + text, at)
    assert (done.plan.layout, done.plan.about_shop, done.encoding) == ("trustpilot", True, "utf-8-sig")
    voice = the("Livraison en deux jours")
    assert (voice.kind, voice.product_id, voice.stars) == (VoiceKind.COMMENT, None, 5)
    assert (voice.syndicated_from, voice.order_ref, voice.language) == ("Trustpilot", "P-000123", "fr")
    assert the("Merci Zoé").parent_id == voice.id


def test_trustpilot_product_reviews(dress, at):
    done = run(
        {
            "productReviews": [
                {
                    "id": "t1",
                    "createdAt": "2025-06-01T10:00:00Z",
                    "stars": 3,
                    "content": "Correct, sans plus",
                    "language": "fr",
                    "product": {"id": "zz", "sku": "DR-S", "name": "Robe", "productUrl": "https://x.example/y"},
                    "consumer": {"id": "c9", "displayName": "Luc"},
                }
            ],
            "links": [],
        },
        at,
    )
    voice = the("Correct, sans plus")
    assert (done.plan.layout, voice.product_id, voice.author_name) == ("trustpilot_products", dress, "Luc")
    assert voice.origin_ref == "trustpilot:t1"


GOOGLE = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:vc="http://www.w3.org/2007/XMLSchema-versioning">
 <version>2.4</version><publisher><name>Shop</name></publisher>
 <reviews>
  <review>
   <review_id>14</review_id>
   <reviewer><name is_anonymous="false">Ada</name><reviewer_id>50</reviewer_id></reviewer>
   <review_timestamp>2024-04-21T07:07:07Z</review_timestamp>
   <title>Fresh</title><content>Cool on hot days &amp; light</content>
   <review_url type="singleton">https://shop.example/r/14</review_url>
   <reviewer_images><reviewer_image><url>https://img.example/1.jpg</url></reviewer_image></reviewer_images>
   <ratings><overall min="1" max="5">5</overall></ratings>
   <products><product><product_ids><gtins><gtin>03541710238425</gtin></gtins><skus><sku>DR-S</sku></skus></product_ids>
     <product_url>https://shop.example/products/linen-dress</product_url></product></products>
   <is_verified_purchase>true</is_verified_purchase><is_incentivized_review>false</is_incentivized_review>
  </review>
  <review><review_id>15</review_id><review_timestamp>2024-04-21T07:07:07Z</review_timestamp>
   <content>Nearly five</content><ratings><overall min="1" max="5">4.4</overall></ratings>
   <products><product><product_ids><skus><sku>DR-S</sku></skus></product_ids></product></products></review>
 </reviews>
</feed>"""


def test_the_product_review_feed_of_google(dress, at):
    done = run(GOOGLE, at)
    assert (done.format, done.plan.layout, done.accepted, done.photos) == ("xml", "google_products", 1, 1)
    assert [code for _, code in told(done)] == ["half_stars"]
    voice = the("Cool on hot days & light")
    assert (voice.product_id, voice.verified, voice.incentive) == (dress, True, "")
    assert (voice.author_name, voice.syndicated_url) == ("Ada", "https://shop.example/r/14")


def test_google_merchant_api(dress, at):
    done = run(
        [
            {
                "name": "accounts/1/productReviews/p1",
                "productReviewId": "p1",
                "productReviewAttributes": {
                    "reviewTime": "2024-04-21T07:07:07.123456789Z",
                    "rating": 4,
                    "content": "Holds its shape",
                    "reviewerUsername": "Bo",
                    "reviewLink": {"type": "SINGLETON", "link": "https://shop.example/r/p1"},
                    "skus": ["nothing", "DR-S"],
                    "productLinks": ["https://shop.example/en/products/linen-dress/"],
                    "isIncentivizedReview": True,
                },
            }
        ],
        at,
    )
    voice = the("Holds its shape")
    assert (done.plan.layout, voice.product_id, voice.incentive) == ("google_products", dress, "reward")
    assert voice.author_name == "Bo"


def test_google_business_profile(dress, at):
    review = {
        "name": "accounts/1/locations/2/reviews/r1",
        "reviewId": "r1",
        "reviewer": {"displayName": "Noé", "isAnonymous": False},
        "starRating": "FOUR",
        "comment": "Boutique accueillante",
        "createTime": "2025-07-01T10:00:00Z",
        "updateTime": "2025-07-01T10:00:00Z",
        "reviewReply": {"comment": "À bientôt !", "updateTime": "2025-07-02T10:00:00Z"},
    }
    done = run({"reviews": [review], "averageRating": 4.0, "totalReviewCount": 1}, at)
    voice = the("Boutique accueillante")
    assert (done.plan.layout, voice.stars, voice.kind) == ("google_business", 4, VoiceKind.COMMENT)
    assert (voice.syndicated_from, the("À bientôt !").parent_id) == ("Google", voice.id)


BV = {
    "Id": "190",
    "ProductId": "test-dress",
    "Rating": 2,
    "RatingRange": 5,
    "Title": "Shrank",
    "ReviewText": "It shrank in the first wash",
    "UserNickname": "mia",
    "AuthorId": "a77",
    "SubmissionTime": "2025-01-05T10:00:00.000+00:00",
    "ContentLocale": "en_GB",
    "IsSyndicated": True,
    "SyndicationSource": {"Name": "Brand site", "ContentLink": "https://brand.example/r/190"},
    "ContextDataValues": {"VerifiedPurchaser": {"Value": "true", "Id": "VerifiedPurchaser"}},
    "TotalPositiveFeedbackCount": 6,
    "TotalNegativeFeedbackCount": 1,
    "ModerationStatus": "APPROVED",
    "Photos": [{"Id": "1", "Sizes": {"normal": {"Url": "https://img.example/n.jpg"}, "thumbnail": {"Url": "https://img.example/t.jpg"}}}],
    "ClientResponses": [{"Department": "Care", "Response": "We are sorry", "Date": "2025-01-06T10:00:00Z", "Name": "Al"}],
}  # fmt: skip


def test_bazaarvoice(dress, at):
    done = run({"Limit": 100, "Results": [BV], "Includes": {}}, at)
    assert (done.plan.layout, done.accepted, done.replies, done.photos) == ("bazaarvoice", 1, 1, 1)
    voice = the("It shrank in the first wash")
    assert (voice.product_id, voice.stars, voice.verified, voice.votes_up) == (dress, 2, True, 6)
    assert (voice.syndicated_from, voice.syndicated_url) == ("Brand site", "https://brand.example/r/190")
    assert voice.language == "en"


def test_one_review_with_photos_on_one_line_is_one_review(dress, at):
    done = run(json.dumps(BV), at)
    assert (done.format, done.accepted) == ("jsonl", 1)


def test_bazaarvoice_questions_then_answers(dress, at):
    question = {"Id": "q1", "ProductId": "test-dress", "QuestionSummary": "Does it shrink?", "QuestionDetails": "At 40°", "UserNickname": "li", "SubmissionTime": "2025-01-05T10:00:00Z"}  # fmt: skip
    answer = {"Id": "a1", "QuestionId": "q1", "AnswerText": "No, it does not", "UserNickname": "sam", "SubmissionTime": "2025-01-06T10:00:00Z"}  # fmt: skip
    early = run({"Results": [answer]}, at)
    assert told(early) == [(1, "unknown_parent")]
    run({"Results": [question]}, at)
    done = run({"Results": [answer]}, at)
    assert (done.accepted, done.plan.kind) == (1, "answer")
    voice = the("No, it does not")
    assert (voice.kind, voice.parent_id, voice.product_id) == (VoiceKind.ANSWER, the("At 40°").id, dress)
    assert the("At 40°").kind == VoiceKind.QUESTION


def test_the_feed_of_bazaarvoice_with_questions(dress, at):
    feed = """<Feed><Product id="x"><ExternalId>linen-dress</ExternalId>
      <Reviews><Review id="r1"><Title>Nice</Title><ReviewText>Nice and cool</ReviewText><Rating>5</Rating>
        <SubmissionTime>2025-01-05T10:00:00Z</SubmissionTime>
        <UserProfileReference id="u1"><DisplayName>kim</DisplayName></UserProfileReference></Review></Reviews>
      <Questions><Question id="q1"><QuestionSummary>Is it lined?</QuestionSummary>
        <UserProfileReference id="u2"><DisplayName>pat</DisplayName></UserProfileReference>
        <Answers><Answer id="a1"><AnswerText>No lining at all</AnswerText></Answer></Answers></Question></Questions>
    </Product></Feed>"""
    done = run(feed, at)
    assert told(done) == []
    assert (done.accepted, the("Nice and cool").author_name) == (3, "kim")
    answer = the("No lining at all")
    assert (answer.kind, answer.parent.title) == (VoiceKind.ANSWER, "Is it lined?")


def test_questions_with_their_answers_in_a_row(dress, at):
    done = run(
        "produit;question;réponse;date;auteur\nlinen-dress;Taille-t-elle grand ?;Oui, un peu;2025-01-05;Léa\n", at
    )
    assert (done.plan.layout, done.accepted, done.replies) == ("questions", 1, 1)
    question = the("Taille-t-elle grand ?")
    answer = the("Oui, un peu")
    assert (question.kind, answer.kind, answer.parent_id) == (VoiceKind.QUESTION, VoiceKind.ANSWER, question.id)


@pytest.mark.parametrize(
    ("header", "row", "key"),
    [
        ("product_handle,state,rating,title,author,email,location,body,reply,created_at,replied_at", "linen-dress,unpublished,1,Bad,Ida,i@m.example,,Never again,,2023-06-01T10:00:00-04:00,", "shopify"),
        ("id,status,rating,email,nickname,full_name,review,date,productId,handle,img,variant,verified_purchase", "1,Hidden,1,a@b.example,Jul,Julie M,Never again,2024-11-05T08:00:00.000Z,81,linen-dress,,M,true", "loox"),
        ("Review ID,Product ID,Product Name,Rating,Title,Body,Reviewer Name,Is Verified Buyer,Date Created,Status", "r1,gid://shopify/Product/test-dress,Dress,1,,Never again,Zoé,FALSE,2025-02-01,pending", "okendo"),
    ],
)  # fmt: skip
def test_what_was_hidden_elsewhere_comes_in_and_our_own_policy_decides(dress, at, header, row, key):
    row = row.replace("gid://shopify/Product/test-dress", "test-dress")
    done = run(f"{header}\n{row}\n", at)
    assert (done.plan.layout, done.accepted) == (key, 1)
    assert the("Never again").stars == 1


def test_each_layout_reads_its_own_marks_into_a_plan_that_can_be_carried_out():
    for layout in layouts.LAYOUTS:
        for marks in layout.marks:
            assert layouts.detect(sorted(marks)) == layout, layout.key
        assert set(layout.columns.values()) <= {*plans.COLUMNS, ""}, layout.key


def test_own_columns_are_of_no_layout():
    assert layouts.detect(["id", "product", "stars", "title", "text", "author", "date"]) is None
    assert plans.propose(["product", "stars", "text"]).layout == ""


def test_a_person_known_by_another_address_is_the_same_person(dress, at):
    known = people.ensure_customer(email="ana@mail.example", at=at)
    run(
        "id,product,stars,text,email\n1,linen-dress,5,Light and airy,ANA@mail.example\n2,linen-dress,4,Good,no mail\n",
        at,
    )
    assert the("Light and airy").customer_id == known.id
    assert the("Good").customer_id is None


def test_one_author_with_two_addresses_is_suggested_as_one_person(dress, at):
    header = "id,product,stars,text,email,author_id\n"
    rows = "1,linen-dress,5,Light and airy,a@m.example,u7\n2,linen-dress,4,Good,b@m.example,u7\n"
    run(header + rows, at, source="them")
    assert the("Light and airy").customer_id != the("Good").customer_id
    ((pair,),) = (people_queries.likenesses(),)
    assert [(item.kind, item.detail) for item in pair.evidence] == [("handle", "them u7")]
