"""What a report or an appeal must say to be taken; pure."""

import re

from parvis.core.errors import Conflict, Invalid
from parvis.domains.voices.contracts import NewReport, ReporterRole
from parvis.domains.voices.rules.grounds import GROUNDS

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", re.ASCII)
WHY = (10, 4000)
APPEAL = (10, 4000)


class BadReport(Invalid):
    """``field`` and ``problem``: what a report still lacks."""

    code = "bad_report"


class WrongLength(BadReport):
    """Too little is said to look into it, or too much; ``least`` and ``most`` characters."""

    template = "Write between %(least)d and %(most)d characters."


class CannotAppeal(Conflict):
    """There is no decision of the team's or the machine's against the voice."""

    code = "cannot_appeal"
    template = "There is no decision of ours to contest."


class TooLate(CannotAppeal):
    """The time that the policy gives is over."""

    template = "The time to contest this decision is over."


class ContestedBefore(CannotAppeal):
    """Once a decision."""

    template = "This decision has been contested already."


class AppealClosed(Conflict):
    """Somebody has answered it, or its author took the voice back."""

    code = "appeal_closed"
    template = "This appeal has been answered already."


class GroundsMissing(Invalid):
    """Refusing for another reason needs its words: the author reads them."""

    code = "grounds_missing"
    template = "Write the grounds: the author reads them."


class SamePerson(Conflict):
    """Who decided does not answer the appeal against it."""

    code = "same_person"
    template = "Somebody else of the team has to answer: you decided yourself."


def admit_report(new: NewReport) -> NewReport:
    """The report when it can be taken. A notice of unlawful content needs what the Digital Services Act asks for: the
    reasons, the exact address, name and e-mail, and the statement of good faith. Raises BadReport."""
    if not WHY[0] <= len(new.why.strip()) <= WHY[1]:
        raise WrongLength(field="why", least=WHY[0], most=WHY[1])
    if new.ground not in GROUNDS:
        raise BadReport(field="ground", problem="this is no ground for a report")
    if new.email and not (_EMAIL.fullmatch(new.email.strip()) and len(new.email) <= 254):
        raise BadReport(field="email", problem="this is no e-mail address")
    if new.role is ReporterRole.TEAM and new.staff_id is None:
        raise BadReport(field="staff", problem="who of the team reports?")
    needed = {"name": new.name.strip(), "email": new.email.strip(), "url": new.url, "good_faith": new.good_faith}
    for field, said in needed.items():
        if new.notice and not said:
            raise BadReport(field=field, problem="a notice needs it")
    if new.role is ReporterRole.SELLER and not (new.name.strip() and new.email.strip()):
        raise BadReport(field="email", problem="a seller gives name and e-mail")
    return new
