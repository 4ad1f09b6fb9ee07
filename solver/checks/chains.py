"""Named routes as chains of legs: which legs a `via` means, and whether they join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.errors import Fault
from solver.messages import listed
from solver.network.chains import ChainError, Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem.instance import Instance


def chain_faults(instance: Instance) -> Iterator[Fault]:
    """Yield every named route that is not a chain, or mixes corridors."""
    if not len(instance.routes):
        return
    resolver = Resolver(instance)
    routes, legs = instance.routes, instance.legs
    for row, via in enumerate(routes["via"]):
        file, line = routes.place(row)
        try:
            chain = resolver.chain(via)
        except ChainError as error:
            yield Fault(file, error.message, error.remedy, line, "via", via)
            continue
        own = routes["corridor"][row]
        names = [own, *(legs["corridor"][leg] for leg in chain.legs)]
        corridors = list(dict.fromkeys(name for name in names if name))
        if len(corridors) > 1:
            message = f"the route would be in several corridors: {listed(corridors)}"
            remedy = "a route is in one at most: change it, or the legs' corridors"
            column = "corridor" if own else "via"
            yield Fault(file, message, remedy, line, column, own or via)
