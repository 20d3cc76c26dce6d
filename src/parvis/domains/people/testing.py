"""The fixed cast of the demo and of tests: always the same people, with the same address and password."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from parvis.domains.people import actions, queries
from parvis.domains.people.contracts import Customer, Purpose, Role, Staff
from parvis.domains.people.models import Account, Agent, StaffMember

PASSWORD = "proof-on-the-square"
"""Of every account of the cast. The demo prints it; production never makes these accounts."""


@dataclass(frozen=True)
class Person:
    """One of the cast; ``role`` None: a shopper, with an account unless ``guest``."""

    key: str
    name: str
    email: str
    locale: str
    role: Role | None = None
    guest: bool = False


CAST = (
    Person("olivia", "Olivia Marchand", "owner@parvis.example", "en", Role.OWNER),
    Person("mathis", "Mathis Aubert", "marketer@parvis.example", "fr", Role.MARKETER),
    Person("camille", "Camille Roussel", "care@parvis.example", "fr", Role.CARE),
    Person("victor", "Victor Hale", "viewer@parvis.example", "en", Role.VIEWER),
    Person("claire", "Claire Dubois", "claire@parvis.example", "fr"),
    Person("emma", "Emma Fletcher", "emma@parvis.example", "en"),
    Person("sofiane", "Sofiane Benali", "sofiane@parvis.example", "fr"),
    Person("grace", "Grace Okafor", "grace@parvis.example", "en"),
    Person("jeanne", "Jeanne Le Goff", "jeanne@parvis.example", "fr", guest=True),
    Person("henry", "Henry Walsh", "henry@parvis.example", "en", guest=True),
    Person("lucie", "Lucie Fontaine", "lucie@parvis.example", "fr", guest=True),
    Person("priya", "Priya Nair", "priya@parvis.example", "en", guest=True),
)
BY_KEY = {person.key: person for person in CAST}


def account(key: str, *, at: datetime) -> Account:
    """The account of one of the cast (not a guest's), made when missing."""
    person = BY_KEY[key]
    found = Account.objects.filter(email=person.email).first()
    if found is None:
        staff(key, at=at) if person.role else customer(key, at=at)
        found = Account.objects.get(email=person.email)
    return found


@transaction.atomic
def staff(key: str, *, at: datetime) -> Staff:
    """A member of the team ("olivia" owner, "mathis" marketer, "camille" care, "victor" viewer)."""
    person = BY_KEY[key]
    if person.role is None:
        raise ValueError(f"{key} is a shopper")
    known = StaffMember.objects.filter(account__email=person.email).first()
    if known is not None:
        return next(member for member in queries.all_staff() if member.account_id == known.account_id)
    return actions.create_staff(
        email=person.email,
        name=person.name,
        role=person.role,
        locale=person.locale,
        password_hash=_password_hash(),
        at=at,
    )


@transaction.atomic
def customer(key: str, *, at: datetime) -> Customer:
    """A shopper; those who are no guests can sign in with :data:`PASSWORD`."""
    person = BY_KEY[key]
    account_id = None
    if not person.guest:
        row, made = Account.objects.get_or_create(
            email=person.email,
            defaults={
                "name": person.name,
                "locale": person.locale,
                "password": _password_hash(),
                "created_at": at,
            },
        )
        if made:
            EmailAddress.objects.create(user=row, email=person.email, verified=True, primary=True)
        account_id = row.pk
    return actions.ensure_customer(
        email=person.email,
        name=person.name,
        locale=person.locale,
        account_id=account_id,
        at=at,
        provenance={"customer": "simulated"},
    )


def agent(key: str = "helper", *, at: datetime) -> int:
    """The id of a program that shops for people."""
    return Agent.objects.get_or_create(key=key, defaults={"name": key.title(), "created_at": at})[0].id


def seed(*, at: datetime) -> dict[str, Staff | Customer]:
    """The whole cast by key. Doing it again changes nothing."""
    made: dict[str, Staff | Customer] = {}
    for person in CAST:
        made[person.key] = staff(person.key, at=at) if person.role else customer(person.key, at=at)
    claire = made["claire"]
    if isinstance(claire, Customer):
        actions.record_consent(
            purpose=Purpose.MARKETING, granted=True, source="account page", customer_id=claire.id, at=at
        )
    return made


@cache
def _password_hash() -> str:
    """One slow hash for all: the password is the same and no secret."""
    return make_password(PASSWORD)
