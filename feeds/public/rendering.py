"""Templates → bytes, without Flask: a page is made of what it is handed, whoever asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
# In a data block nothing but its end is markup: what could begin that is written as an escape.
_TEMPLATES.filters["data"] = htmlsafe_json_dumps


def rendered(template: str, **values: Any) -> bytes:
    """A page in UTF-8; everything in it is escaped unless it is said to be safe HTML."""
    return _TEMPLATES.get_template(template).render(values).encode()
