from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    """Robots, site maps, plain-text twins of pages: composes the domains, holds no rule."""

    name = "parvis.interfaces.agents"
    label = "agents"
    verbose_name = _("Agents")

    def ready(self) -> None:
        from parvis.connectors.agents import rendering
        from parvis.interfaces.agents.acp import news
        from parvis.interfaces.agents.ucp import news as ucp_news

        rendering.register("acp", body=news.body, headers=news.headers)
        rendering.register("ucp", body=ucp_news.body, headers=ucp_news.headers)
