from django.apps import AppConfig


class AgentLinkConfig(AppConfig):
    name = "parvis.connectors.agents"
    label = "agentlink"

    def ready(self) -> None:
        from parvis.connectors.agents import handlers

        handlers.register()
