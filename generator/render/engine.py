"""The template environment: strict, escaping by force, built once per process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.blueprint.roots import data_root
from generator.render.escape import (
    Escaped,
    code,
    comment,
    hcl,
    html,
    markdown,
    powershell,
    python,
    yaml_block,
    yaml_scalar,
)

if TYPE_CHECKING:
    from jinja2 import Environment


def fill(template: str, **context: Any) -> str:
    """Renders ``templates/<template>``.

    Raises ``TypeError`` where the template prints a value that passed no filter, and
    ``jinja2.UndefinedError`` where it names something that ``context`` lacks.
    """
    return environment().get_template(template).render(context)


def table_if_any(rows: Iterable[Any]) -> list[list[Any]]:
    """The one table of these rows, or none: what a template loops over instead of deciding."""
    found = list(rows)
    return [found] if found else []


@cache
def environment() -> Environment:
    """The one environment of this process."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(str(data_root("templates"))),
        undefined=StrictUndefined,
        finalize=_escaped_only,
        autoescape=False,  # noqa: S701 (no HTML here; _escaped_only is stricter)
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters |= {
        "hcl": hcl,
        "html": html,
        "yaml": yaml_scalar,
        "yaml_block": yaml_block,
        "comment": comment,
        "powershell": powershell,
        "python": python,
        "markdown": markdown,
        "code": code,
    }
    return made


def _escaped_only(value: object) -> object:
    if isinstance(value, Escaped):
        return value
    raise TypeError(f"a template printed {value!r}, which passed no escaping filter")
