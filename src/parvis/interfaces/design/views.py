"""The living style page: every component in every state, in both themes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from parvis.interfaces.design import samples


def style_page(request: HttpRequest) -> HttpResponse:
    """GET: the page. The studio's routes decide who may open it."""
    return render(request, "design/style/page.html", samples.everything())
