from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from parvis.interfaces.design import preferences

app_name = "design"
urlpatterns = [
    path("theme/", preferences.choose_theme, name="theme"),
    # Like the theme, the language of the page harms nobody when forged.
    path("language/", csrf_exempt(set_language), name="language"),
]
