"""One option for each transport, for the commands that take recipients."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Annotated, Any, Optional

import typer

from cli.shared.output import note
from worker.delivery.transports.table import TRANSPORTS
from worker.delivery.transports.transport import RecipientAddress

_PARAMETER = "recipients"


def with_recipients(first: str = "") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that puts an option of each transport in the place of a command's parameter `recipients`.

    The help texts begin with `first`.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**values: Any) -> None:
            given = [
                RecipientAddress(kind, address) for kind in TRANSPORTS for address in values.pop(_option(kind)) or ()
            ]
            command(**values, **{_PARAMETER: tuple(given)})

        signature = inspect.signature(command, eval_str=True)
        parameters: list[inspect.Parameter] = []
        for parameter in signature.parameters.values():
            parameters += _options(first) if parameter.name == _PARAMETER else [parameter]
        signature = signature.replace(parameters=parameters)
        vars(run)["__signature__"] = signature
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return decorate


def _options(first: str) -> Iterable[inspect.Parameter]:
    for kind, transport in TRANSPORTS.items():
        text = f"{first} {transport.purpose}; repeatable.".strip()
        option = typer.Option(f"--{kind}", metavar=transport.metavar, help=text[0].upper() + text[1:])
        yield inspect.Parameter(
            _option(kind),
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=None,
            annotation=Annotated[Optional[list[str]], option],  # noqa: UP045 — read by typer when the program runs
        )


def _option(kind: str) -> str:
    """Return the name of the parameter that holds the addresses of a kind."""
    return kind.replace("-", "_")


def note_missing_settings(kinds: Iterable[str]) -> None:
    """Note which settings are missing for transports that are used, so that their messages wait."""
    from db.settings import load

    used = set(kinds)
    settings = load()
    for kind, transport in TRANSPORTS.items():
        missing = transport.missing(settings) if kind in used else None
        if missing:
            note(missing)


def option_names() -> str:
    """Return the options that name recipients, for hints."""
    return ", ".join([*(f"--{kind}" for kind in TRANSPORTS), "--feed"])
