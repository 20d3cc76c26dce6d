from django.apps import AppConfig


class AgentFeedsConfig(AppConfig):
    name = "parvis.connectors.agentfeeds"
    label = "agentfeeds"
