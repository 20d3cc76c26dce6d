"""Addresses for programs, at the root of the site."""

from django.urls import include, path

from parvis.interfaces.agents.acp.views.discovery import well_known as acp_well_known
from parvis.interfaces.agents.views import feeds, llms, robots, sitemaps, statements, twins

app_name = "agents"
urlpatterns = [
    path("acp/", include("parvis.interfaces.agents.acp.urls")),
    path(".well-known/acp.json", acp_well_known, name="acp_well_known"),
    path("", include("parvis.interfaces.agents.ucp.urls")),
    path("robots.txt", robots.robots, name="robots"),
    path("llms.txt", llms.llms, name="llms"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemap-products-<int:number>.xml", sitemaps.products, name="sitemap_products"),
    path("sitemap-videos-<int:number>.xml", sitemaps.videos, name="sitemap_videos"),
    path("sitemap-questions-<int:number>.xml", sitemaps.questions, name="sitemap_questions"),
    path("feeds/<str:language>/<str:name>", feeds.feed, name="feed"),
    path(".well-known/evidence-keys.json", statements.keys, name="keys"),
    path("<str:language>/products/<slug:slug>.evidence.json", statements.statement, name="statement"),
    path("<str:language>/products/<slug:slug>.md", twins.product, name="twin"),
]
