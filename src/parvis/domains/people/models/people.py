"""Tables of people. E-mail addresses are kept in lower case, so that equality is enough to find one."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now

LOCALES = (("fr", "Français"), ("en", "English"))


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; what people do with them goes through ``actions``."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        """An account with this e-mail address; no password means one that cannot be used."""
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        """An account that Django's own permission checks let through."""
        return self.create_user(email, password, **{**fields, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email=(username or "").lower())


class Account(AbstractBaseUser, PermissionsMixin):
    """Something one signs in with: a shopper's or a staff member's."""

    email = models.EmailField(unique=True, error_messages={"unique": "This e-mail address already has an account."})
    name = models.CharField(max_length=120, blank=True, default="")
    locale = models.CharField(max_length=2, choices=LOCALES, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = AccountManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(email=Lower("email")), name="people_account_lower"),)

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class StaffMember(models.Model):
    """An account that may open the studio, in one role."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="staff")
    role = models.CharField(max_length=20)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=("owner", "marketer", "care", "viewer")), name="people_staff_role"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.role}"


class StaffPolicy(models.Model):
    """What the owners ask of the team: one row, number 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    two_factor_roles = models.JSONField(default=list)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="people_policy_single"),)

    def __str__(self) -> str:
        return "policy"


class Customer(models.Model):
    """A person who buys or speaks, with or without an account."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True, default="")
    locale = models.CharField(max_length=2, choices=LOCALES, default="en")
    account = models.OneToOneField(Account, null=True, on_delete=models.SET_NULL, related_name="customer")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    # the customer that this record turned out to be; always one that is itself merged into nobody
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="members")
    # one mailbox in all its spellings (rules.email_key), to find one person's two addresses
    email_key = models.CharField(max_length=254, blank=True, default="")
    provenance = models.JSONField(default=dict)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(email=Lower("email")), name="people_customer_lower"),)
        indexes = (
            models.Index(fields=("-created_at", "-id"), name="people_customer_recent"),
            models.Index(fields=("email_key",), name="people_customer_mailbox"),
        )

    def __str__(self) -> str:
        return f"customer {self.pk}"


class Merge(models.Model):
    """Two records made one, with all that is needed to take them apart: ``moved`` holds ids by what they are of."""

    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    evidence = models.JSONField(default=list)
    note = models.CharField(max_length=500, blank=True, default="")
    moved = models.JSONField(default=dict)
    actor = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("gone",), condition=models.Q(undone_at__isnull=True), name="people_merge_once"
            ),
            models.CheckConstraint(condition=~models.Q(kept=models.F("gone")), name="people_merge_two"),
        )

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class Pair(models.Model):
    """What is known of two customers side by side: evidence that they are one person, or a person's word that they are
    not (``kind`` "not_same"). The smaller id comes first."""

    low = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    high = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    detail = models.CharField(max_length=200, blank=True, default="")
    actor = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("low", "high", "kind"), name="people_pair_once"),
            models.CheckConstraint(condition=models.Q(low__lt=models.F("high")), name="people_pair_order"),
        )

    def __str__(self) -> str:
        return f"{self.low_id} {self.kind} {self.high_id}"


class Identity(models.Model):
    """The name a customer goes by on a channel; a handle belongs to one customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    channel = models.CharField(max_length=40)
    handle = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("channel", "handle"), name="people_identity_once"),)

    def __str__(self) -> str:
        return f"{self.channel}:{self.handle}"


class Address(models.Model):
    """Where a customer's orders go; at most one is the default."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    name = models.CharField(max_length=120)
    line1 = models.CharField(max_length=200)
    line2 = models.CharField(max_length=200, blank=True, default="")
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=120)
    region = models.CharField(max_length=120, blank=True, default="")
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=40, blank=True, default="")
    phone_key = models.CharField(max_length=20, blank=True, default="")
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("customer",), condition=models.Q(is_default=True), name="people_address_one_default"
            ),
        )
        indexes = (models.Index(fields=("phone_key",), condition=~models.Q(phone_key=""), name="people_address_phone"),)

    def __str__(self) -> str:
        return f"{self.postcode} {self.city}"


class Consent(models.Model):
    """One answer of one person to one question. The database refuses to change or delete a row (see migrations)."""

    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="consents")
    visitor = models.CharField(max_length=64, null=True)
    purpose = models.CharField(max_length=20)
    granted = models.BooleanField()
    text_version = models.CharField(max_length=40)
    source = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(visitor__isnull=False),
                name="people_consent_somebody",
            ),
        )
        indexes = (
            models.Index(fields=("customer", "purpose", "-id"), name="people_consent_customer"),
            models.Index(fields=("visitor", "purpose", "-id"), name="people_consent_visitor"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {'yes' if self.granted else 'no'}"


class AuditEntry(models.Model):
    """Who did what to what. The database refuses to change or delete a row (see migrations), but for what an erasure
    takes out of ``detail``."""

    actor = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("subject_kind", "subject_id", "-id"), name="people_audit_subject"),)

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"
