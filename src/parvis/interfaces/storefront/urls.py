"""Addresses of the shop, below /fr/ and /en/."""

from django.urls import path

from parvis.interfaces.storefront.views import (
    account,
    asking,
    carts,
    checkout,
    home,
    invited,
    legal,
    lists,
    orders,
    product,
    reviews,
    writing,
)

app_name = "storefront"
urlpatterns = [
    path("", home.home, name="home"),
    path("products/", lists.products, name="products"),
    path("products/<slug:slug>/", product.product, name="product"),
    path("products/<slug:slug>/reviews/", reviews.reviews, name="reviews"),
    path("products/<slug:slug>/ask/", asking.ask, name="ask"),
    path("products/<slug:slug>/question/", asking.question, name="question"),
    path("products/<slug:slug>/review/", writing.review, name="review"),
    path("voices/<int:voice_id>/vote/", reviews.vote, name="vote"),
    path("voices/<int:voice_id>/report/", reviews.report, name="report"),
    path("my-review/<str:token>/", writing.mine, name="my_review"),
    path("my-review/<str:token>/withdraw/", writing.withdraw, name="withdraw"),
    path("review/<str:token>/", invited.review, name="invited"),
    path("answer/<str:token>/", invited.answer, name="owner_answer"),
    path("cart/", carts.cart, name="cart"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("checkout/pay/<str:token>/", checkout.pay, name="pay"),
    path("checkout/reopen/<str:token>/", checkout.reopen, name="reopen"),
    path("orders/<str:token>/", orders.order, name="order"),
    path("orders/<str:token>/cancel/", orders.cancel, name="order_cancel"),
    path("account/", account.account, name="account"),
    path("account/orders/", account.orders, name="account_orders"),
    path("account/voices/", account.said, name="account_voices"),
    path("account/details/", account.details, name="account_details"),
    path("account/consents/", account.consents, name="account_consents"),
    path("account/cards/<int:card_id>/forget/", account.forget_card, name="forget_card"),
    path("account/addresses/<int:address_id>/forget/", account.forget_address, name="forget_address"),
    path("account/export/", account.export, name="account_export"),
    path("account/erase/", account.erase, name="account_erase"),
    path("consent/", legal.consent, name="consent"),
    path("privacy/", legal.privacy, name="privacy"),
    path("reviews-policy/", legal.reviews_policy, name="reviews_policy"),
    path("about-the-demo/", legal.about_the_demo, name="about_the_demo"),
]
