"""Where the pages of the studio are. Each asks its permission at the door; tests hold the whole matrix."""

from django.urls import path

from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design.views import style_page
from parvis.interfaces.studio import (
    customers,
    imports,
    metrics,
    moderation,
    opinions,
    orders,
    overview,
    products,
    refunds,
    variants,
    voices,
)
from parvis.interfaces.studio.settings import audit, brand, team, tokens, webhooks

app_name = "studio"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("metrics/", metrics.catalogue, name="metrics"),
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/decide/", moderation.decide, name="moderation_decide"),
    path("moderation/undo/", moderation.undo, name="moderation_undo"),
    path("voices/<int:voice_id>/", voices.voice_page, name="voice"),
    path("voices/<int:voice_id>/decide/", voices.decide, name="voice_decide"),
    path("voices/<int:voice_id>/opinion/", opinions.ask, name="voice_opinion"),
    path("opinions/", opinions.opinion_page, name="opinions"),
    path("voices/<int:voice_id>/answer/", voices.answer, name="voice_answer"),
    path("products/", products.product_list, name="products"),
    path("products/new/", products.create, name="product_new"),
    path("products/<int:product_id>/", products.product_page, name="product"),
    path("products/<int:product_id>/edit/", products.edit, name="product_edit"),
    path("products/<int:product_id>/state/", products.set_state, name="product_state"),
    path("variants/<int:variant_id>/", variants.variant_page, name="variant"),
    path("variants/<int:variant_id>/stock/", variants.change_stock, name="variant_stock"),
    path("variants/<int:variant_id>/price/", variants.change_price, name="variant_price"),
    path("variants/<int:variant_id>/archived/", variants.set_archived, name="variant_archived"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/<int:order_id>/", orders.order_page, name="order"),
    path("orders/<int:order_id>/ship/", orders.ship, name="order_ship"),
    path("orders/<int:order_id>/deliver/", orders.deliver, name="order_deliver"),
    path("orders/<int:order_id>/cancel/", orders.cancel, name="order_cancel"),
    path("orders/<int:order_id>/refund/", refunds.refund, name="refund"),
    path("customers/", customers.customer_list, name="customers"),
    path("customers/<int:customer_id>/", customers.customer_page, name="customer"),
    path("customers/<int:customer_id>/erase/", customers.erase, name="customer_erase"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/upload/", imports.upload, name="import_upload"),
    path("imports/<int:run_id>/", imports.import_page, name="import"),
    path("imports/<int:run_id>/rejected.csv", imports.rejected_file, name="import_rejected"),
    path("settings/", brand.brand, name="settings"),
    path("settings/team/", team.team, name="team"),
    path("settings/team/invite/", team.invite, name="team_invite"),
    path("settings/team/policy/", team.policy, name="team_policy"),
    path("settings/team/<int:account_id>/", team.change, name="team_change"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/issue/", tokens.issue, name="token_issue"),
    path("settings/tokens/<int:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("settings/webhooks/", webhooks.webhooks, name="webhooks"),
    path("settings/webhooks/create/", webhooks.create, name="webhook_create"),
    path("settings/webhooks/<int:endpoint_id>/", webhooks.change, name="webhook_change"),
    path("settings/webhooks/<int:endpoint_id>/messages/", webhooks.messages, name="webhook_messages"),
    path(
        "settings/webhooks/<int:endpoint_id>/messages/<int:message_id>/resend/",
        webhooks.resend,
        name="webhook_resend",
    ),
    path("settings/audit/", audit.audit, name="audit"),
    path("design/", requires(Permission.METRICS_VIEW)(style_page), name="design"),
]
