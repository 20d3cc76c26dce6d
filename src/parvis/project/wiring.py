"""Ports bound to connectors: the one place where a domain's need meets an outside platform."""


def bind() -> None:
    """Bind every port. Called once, when Django is ready."""
    from parvis.connectors.testpay.provider import TestPay
    from parvis.domains.checkout.ports import bind_payments

    bind_payments(TestPay())
