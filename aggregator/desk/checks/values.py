"""What the checks are given and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Severity(StrEnum):
    """How much an editor should mind: ``warn`` is for what readers would hold against us."""

    ADVICE = "advice"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class SourceText:
    """What a cited item says, as plain text; ``on`` is the day it was published, if known."""

    item: int
    source: str
    language: str | None
    title: str
    text: str
    url: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A brief that is out already; ``body`` is Markdown."""

    id: int
    headline: str
    body: str
    on: date
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where to look: characters ``start`` to ``end`` of the wording's ``field`` ("headline" or
    "body"), and the ``passage`` of the cited ``item`` that they are compared with, if there is one.
    """

    field: str
    start: int
    end: int
    item: int | None = None
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that a check has to say, in an editor's words; ``brief`` is the published one that
    it speaks of.
    """

    check: str
    severity: Severity
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    brief: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on the checks speak. Words, characters for headlines, shares from 0 to 1.

    A run of ``copied_run`` words is no accident; ``copied_share`` is of the brief's runs of
    ``gram`` words. ``ease`` is on Flesch's scale, where newspapers are at 45 to 60.
    """

    gram: int = 5
    copied_run: int = 10
    copied_share: float = 0.15
    least_words: int = 40
    most_words: int = 250
    paragraph_words: int = 80
    headline_least: int = 20
    headline_most: int = 90
    ease: float = 35.0
    alike: float = 0.5
