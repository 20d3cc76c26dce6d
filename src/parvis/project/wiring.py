"""Ports bound to connectors: the one place where a domain's need meets an outside platform."""


def bind() -> None:
    """Bind every port. Called once, when Django is ready."""
    from django.conf import settings

    from parvis.connectors.llm.client import from_options
    from parvis.core.language_model import bind_language_model

    _bind_payments()
    bind_language_model(from_options(settings.LANGUAGE_MODEL))
    _bind_mail()
    _bind_index()


def _bind_payments() -> None:
    """Stripe where its keys are set, else the test provider."""
    from hashlib import sha256

    from django.conf import settings

    from parvis.connectors.stripe.client import Client
    from parvis.connectors.stripe.provider import Stripe
    from parvis.connectors.testpay.provider import TestPay
    from parvis.domains.checkout.ports import bind_payments

    if settings.ENV.stripe is None:
        bind_payments(TestPay())
        return
    secret, public, hooks = settings.ENV.stripe
    space = sha256(f"stripe {settings.SECRET_KEY}".encode()).hexdigest()[:12]
    bind_payments(Stripe(Client(secret), publishable_key=public, webhook_secrets=hooks, space=space))


def _bind_index() -> None:
    """Search in files, or in the platform's database, as PARVIS_EVIDENCE_INDEX says."""
    from django.conf import settings

    from parvis.connectors.pgvector.shared import shared
    from parvis.domains.evidence.ports import bind_shared_index

    bind_shared_index(shared if settings.ENV.evidence_index == "postgres" else None)


def _bind_mail() -> None:
    """SMTP as PARVIS_EMAIL_URL says; without it every mail is kept as a file and sent to nobody."""
    from django.conf import settings

    from parvis.connectors.mail.kept import KeptMail
    from parvis.connectors.mail.smtp import SmtpMail
    from parvis.domains.messaging.ports import bind_transport

    if not settings.ENV.email_url:
        bind_transport(KeptMail(settings.HOME / "mail"))
        return
    bind_transport(
        SmtpMail(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            user=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            starttls=settings.EMAIL_USE_TLS,
            tls=settings.EMAIL_USE_SSL,
        )
    )
