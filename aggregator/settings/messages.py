"""What is wrong and what would be right, in an operator's words (pydantic's never leave here)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

_MEANT = {
    **dict.fromkeys(("feed", "link", "href", "rss", "xmlurl", "feed_url"), "url"),
    **dict.fromkeys(("credit", "title", "label"), "name"),
    **dict.fromkeys(("tags", "tag", "category", "folder"), "categories"),
    **dict.fromkeys(("lang", "hreflang"), "language"),
    **dict.fromkeys(("every", "frequency", "refresh", "ttl"), "interval"),
    **dict.fromkeys(("disabled", "active", "paused"), "enabled"),
    **dict.fromkeys(("password", "user", "username", "login", "token"), "auth"),
    **dict.fromkeys(("filter", "filters", "block"), "exclude"),
    **dict.fromkeys(("homepage", "html_url", "htmlurl", "website"), "site"),
    **dict.fromkeys(("timezone", "zone", "tz"), "time_zone"),
}
"""What other programs call our keys."""


def explain(
    error: ValidationError, model: type[BaseModel]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The place inside the data and a sentence, for each mistake."""
    for detail in error.errors(include_url=False):
        place = tuple(detail["loc"])
        yield place, _sentence(detail, place, list(model.model_fields))


def unknown_key(key: str, allowed: Sequence[str]) -> str:
    """What to say of a key that nobody knows."""
    meant = _MEANT.get(key.lower())
    near = [meant] if meant in allowed else get_close_matches(key, allowed, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"the keys are {', '.join(allowed)}"
    return f"unknown key '{key}'; {hint}"


def kind(value: object) -> str:
    """What sort of thing a value is, for people."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    names = {
        dict: "a group of keys",
        list: "a list",
        str: "text",
        int: "a number",
        float: "a number",
    }
    return next((name for cls, name in names.items() if isinstance(value, cls)), "something else")


def _sentence(detail: Any, place: tuple[str | int, ...], allowed: Sequence[str]) -> str:
    key = ".".join(step for step in place if isinstance(step, str))
    match detail["type"]:
        case "extra_forbidden":
            return unknown_key(str(place[-1]), allowed)
        case "missing":
            return f"the key '{key}' is missing"
        case "value_error":
            return f"{key}: {detail['ctx']['error']}"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return f"{key}: must be {_bound(detail)}, not {detail['input']}"
        case "string_type":
            return f"{key}: must be text, {_instead(detail['input'])}"
        case "bool_type":
            return f"{key}: must be true or false, not {kind(detail['input'])}"
        case "int_type" | "float_type" | "int_from_float" | "finite_number":
            return f"{key}: must be a {'whole ' * detail['type'].startswith('int')}number"
        case "too_short":
            return f"{key}: must have at least one"
        case "string_too_long":
            return f"{key}: must have at most {detail['ctx']['max_length']} characters"
        case "dict_type":
            return f"{key}: must be pairs such as {{one: two}}, not {kind(detail['input'])}"
        case "list_type":
            return f"{key}: must be a list such as [one, two], not {kind(detail['input'])}"
        case _:
            return f"{key}: {kind(detail['input'])} cannot stand here"


def _instead(value: object) -> str:
    """What stands where text should."""
    if value is None:
        return "but nothing stands there"
    quotable = isinstance(value, bool | int | float)
    return f"not {kind(value)}{'; put it in quotes' * quotable}"


def _bound(detail: Any) -> str:
    words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
    name, bound = next(iter(detail["ctx"].items()))
    return f"{words[name]} {bound:g}"
