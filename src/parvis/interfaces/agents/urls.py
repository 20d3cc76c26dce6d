"""Addresses for programs, at the root of the site."""

from django.urls import path

from parvis.interfaces.agents.views import llms, robots, sitemaps, twins

app_name = "agents"
urlpatterns = [
    path("robots.txt", robots.robots, name="robots"),
    path("llms.txt", llms.llms, name="llms"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemap-products-<int:number>.xml", sitemaps.products, name="sitemap_products"),
    path("<str:language>/products/<slug:slug>.md", twins.product, name="twin"),
]
