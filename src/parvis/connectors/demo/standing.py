"""Whether the demo shop stands, and who can sign in. Light: a second start asks only this."""

from parvis.connectors.demo.models import Milestone
from parvis.connectors.demo.offers import GIFT_CODE, PROMOTIONS
from parvis.domains.people import testing as people

DONE = "cast"


def stands() -> bool:
    """Whether everything was made (its voices may still be unread)."""
    return Milestone.objects.filter(name=DONE).exists()


def password() -> str:
    """The password of all accounts."""
    return people.PASSWORD


def accounts() -> tuple[str, ...]:
    """A line for each account that can sign in."""
    lines = []
    for person in people.CAST:
        if person.guest:
            continue
        what = f"{person.role} in the studio" if person.role else "shopper"
        lines.append(f"{person.email:<24} {what}, {'French' if person.locale == 'fr' else 'English'}")
    return tuple(lines)


def told() -> list[str]:
    """Lines to print about the accounts."""
    return [
        f"  accounts (password of all: {password()})",
        *(f"    {line}" for line in accounts()),
        f"  codes: {', '.join(terms.code for terms in PROMOTIONS.values() if terms.code)}; gift card: {GIFT_CODE}",
    ]
