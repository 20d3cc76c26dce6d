"""What comes after a payment: refunds, some of which banks send back, and disputes."""

from parvis.connectors.stripe.simulator.books import Books, Json, Refusal


class Aftermath(Books):
    """Refunds and disputes of captured payments."""

    def contest(self, reference: str, reason: str = "fraudulent", *, inquiry: bool = False) -> Json:
        """The cardholder's bank contests a captured payment, or only asks about it."""
        pi = self.things[reference]
        made = self._thing(
            "dp",
            "dispute",
            amount=pi["amount_received"],
            currency=pi["currency"],
            payment_intent=reference,
            charge=pi["latest_charge"],
            reason=reason,
            status="warning_needs_response" if inquiry else "needs_response",
            evidence={},
            evidence_details={"due_by": int(self.now().timestamp()) + 7 * 86400},
            balance_transactions=[{"amount": -pi["amount_received"], "fee": 1500}],
        )
        self._tell("charge.dispute.created", made)
        return made

    def escalate(self, name: str) -> None:
        """What was an inquiry becomes a dispute."""
        self.things[name]["status"] = "needs_response"
        self._tell("charge.dispute.updated", self.things[name])

    def close_dispute(self, name: str, status: str) -> None:
        """The bank has decided."""
        self.things[name]["status"] = status
        self._tell("charge.dispute.closed", self.things[name])

    def _dispute(self, row: Json, status: str, evidence: Json) -> Json:
        if row["status"] not in ("needs_response", "warning_needs_response"):
            raise Refusal(400, "dispute_already_submitted")
        if row["status"].startswith("warning") and status == "under_review":
            status = "warning_under_review"
        row |= {"status": status, "evidence": evidence}
        self._tell("charge.dispute.updated" if status.endswith("under_review") else "charge.dispute.closed", row)
        return row

    def _refund(self, form: Json) -> Json:
        pi = self._get(str(form["payment_intent"]))
        charge = self.things.get(pi["latest_charge"] or "", {})
        left = charge.get("amount_captured", 0) - charge.get("amount_refunded", 0)
        amount = int(form["amount"])
        if amount > left:
            raise Refusal(400, "charge_already_refunded" if not left else "amount_too_large", param="amount")
        charge["amount_refunded"] += amount
        made = self._thing(
            "re",
            "refund",
            amount=amount,
            currency=pi["currency"],
            payment_intent=pi["id"],
            charge=charge["id"],
            status="succeeded",
            metadata=form.get("metadata") or {},
        )
        self._tell("charge.refunded", charge)
        return made

    def send_back(self, name: str, reason: str = "expired_or_canceled_card") -> None:
        """The cardholder's bank sends a refund back, days later."""
        refund = self._get(name)
        refund |= {"status": "failed", "failure_reason": reason}
        charge = self.things[refund["charge"]]
        charge["amount_refunded"] -= refund["amount"]
        for kind in ("refund.failed", "charge.refund.updated", "refund.updated"):
            self._tell(kind, refund)
