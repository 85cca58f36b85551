"""`graphtutor check`: a gradient check against centred differences."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphtutor.cli import COMMANDS
from graphtutor.cli.common import add_command, read_expression, read_values
from graphtutor.errors import FileError, GraphtutorError, InputError, near_misses


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "check",
        COMMANDS["check"],
        'graphtutor check "f = (x + y) * z" x=-2 y=5 z=-4\n  graphtutor check loss.py:loss w=[0.1,0.2] x=3',
    )
    command.add_argument(
        "expression", metavar="EXPR|FILE|FILE.py:fn", help="an expression, a file with one, or a Python function"
    )
    command.add_argument("values", metavar="x=1", nargs="*", help="values of the inputs, by name")
    command.add_argument("--step", type=float, default=None, help="step of the centred difference (default: 1e-5)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the table; return 1 when an input fails."""
    from graphtutor.engine.check import STEP, check_grad

    step = STEP if arguments.step is None else arguments.step
    if not 0 < step < 1:
        raise InputError(f"--step must lie between 0 and 1, not {step:g}")
    path, colon, name = arguments.expression.rpartition(":")
    if colon and path.endswith(".py"):
        function = load(Path(path), name)
        values = read_values(arguments.values)
        try:
            result = check_grad(function, *_in_order(function, values), step=step)
        except GraphtutorError:
            raise
        except Exception as error:
            raise FileError(f"{name} of {path} stopped with {type(error).__name__}: {error}") from None
    else:
        graph, values = read_expression(arguments)
        result = check_grad(graph, values, step=step)
    print(result)
    if not result:
        print("graphtutor: the gradients disagree", file=sys.stderr)
    return 0 if result else 1


def load(path: Path, name: str) -> Callable[..., Any]:
    """Return a function of a Python file of the user's own; the file is run. Raise `FileError` when that fails."""
    import importlib.util

    if not path.is_file():
        raise FileError(f"there is no file {str(path)!r}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        sys.path.insert(0, str(path.parent))  # as `python FILE.py` does, for what the file imports
        spec.loader.exec_module(module)
    except Exception as error:
        raise FileError(f"{path} cannot be run: {type(error).__name__}: {error}") from None
    found = getattr(module, name, None)
    if not callable(found):
        names = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise FileError(f"{path} has no function {name!r}{near_misses(name, names) or '; it has ' + ', '.join(names)}")
    function: Callable[..., Any] = found
    return function


def _in_order(function: Callable[..., Any], values: dict[str, Any]) -> list[Any]:
    import inspect

    parameters = inspect.signature(function).parameters
    for name in values:
        if name not in parameters:
            raise InputError(f"{function.__name__} has no parameter {name!r}{near_misses(name, parameters)}")
    missing = [n for n, p in parameters.items() if n not in values and p.default is p.empty]
    if missing:
        raise InputError(f"no value is given for {', '.join(missing)}; add for example: {missing[0]}=1")
    last = max((n for n, name in enumerate(parameters) if name in values), default=-1)
    return [values.get(name, parameter.default) for name, parameter in list(parameters.items())[: last + 1]]
