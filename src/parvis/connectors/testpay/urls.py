from django.urls import path

from parvis.connectors.testpay import views

app_name = "testpay"
urlpatterns = [
    path("webhooks/testpay/", views.webhook, name="webhook"),
    path("testpay/challenge/<str:token>/", views.challenge, name="challenge"),
    path("testpay/wallet/<str:token>/", views.wallet, name="wallet"),
]
