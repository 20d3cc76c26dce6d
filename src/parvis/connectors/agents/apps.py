from django.apps import AppConfig


class AgentLinkConfig(AppConfig):
    name = "parvis.connectors.agents"
    label = "agentlink"
