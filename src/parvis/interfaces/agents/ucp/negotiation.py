"""What both sides can do: the server chooses from what the platform declares."""

from collections.abc import Iterable, Mapping

from parvis.interfaces.agents.ucp import problems, releases
from parvis.interfaces.agents.ucp.platforms import Platform
from parvis.interfaces.agents.ucp.versions import Capability


def agreed(platform: Platform, *, root: str) -> dict[str, Capability]:
    """The capabilities that both declare in a common version, extensions only with one of their parents. Raises
    VersionUnsupported, and CapabilitiesIncompatible where ``root``, which the operation needs, is not among them."""
    if platform.version not in releases.SPOKEN:
        raise problems.VersionUnsupported(asked=platform.version, spoken=" and ".join(releases.SPOKEN))
    ours = releases.of(platform.version).capabilities()
    common = {name: each for name, each in ours.items() if each.version in platform.capabilities.get(name, ())}
    while orphans := [name for name, each in common.items() if each.extends and not common.keys() & set(each.extends)]:
        for name in orphans:
            del common[name]
    if root not in common:
        raise problems.CapabilitiesIncompatible(capability=root)
    return common


def relevant(common: Mapping[str, Capability], roots: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """What a response about ``roots`` declares: them, and the extensions of theirs."""
    wanted = set(roots)
    return {
        name: [{"version": each.version}]
        for name, each in common.items()
        if name in wanted or wanted & set(each.extends)
    }
