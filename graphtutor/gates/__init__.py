"""The gates. A module in this package that declares a `Gate` at its top level adds it everywhere; nothing else is to be edited."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType

from graphtutor.gates.gate import Gate, Role, Words, Wrong

__all__ = ["Gate", "Role", "Words", "Wrong", "all_gates", "constants", "functions", "gate", "operators"]


@cache
def all_gates() -> MappingProxyType[str, Gate]:
    """Return every declared gate by name, found in the modules of this package."""
    found: dict[str, Gate] = {}
    for module in pkgutil.iter_modules(__path__):
        for declared in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(declared, Gate):
                if declared.name in found:
                    raise ValueError(f"two gates are called {declared.name!r}")
                found[declared.name] = declared
    return MappingProxyType(found)


def gate(name: str) -> Gate:
    """Return the gate of this name; `KeyError` when there is none."""
    return all_gates()[name]


@cache
def functions() -> MappingProxyType[str, tuple[Gate, ...]]:
    """Return the gates that each function name of the vocabulary may mean; they differ in the number of inputs."""
    found: dict[str, tuple[Gate, ...]] = {}
    for declared in all_gates().values():
        for name in declared.functions or ():
            found[name] = (*found.get(name, ()), declared)
    return MappingProxyType(found)


@cache
def operators() -> MappingProxyType[str, Gate]:
    """Return the gates that are written with an operator, by the name of Python's syntax node (`Add`, `USub`, `Gt`, ...)."""
    found: dict[str, Gate] = {}
    for declared in all_gates().values():
        tree = declared.template
        for operator in (getattr(tree, "op", None), *getattr(tree, "ops", ())):
            if operator is not None:
                found[type(operator).__name__] = declared
    return MappingProxyType(found)


def constants() -> dict[str, float]:
    """Return the named constants of the expression language."""
    import math

    return {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
