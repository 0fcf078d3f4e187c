"""Whether a source says that it corrects an article (pure).

It does by a label (``Correction:``, ``[RECTIFICATIF]``) at the beginning of a headline, a paragraph
or a sentence, or by a sentence made for it ("An earlier version of this article …"). In the middle
of a sentence the same words are about markets, prisons or textbooks.
"""

from __future__ import annotations

import re
from collections import Counter

_LABELS = (
    r"corrections?|corrected|clarifications?|err?at(?:um|a)(?: corrige)?|"  # also Italian
    r"rectificatifs?|correctif|rectification|mise au point|"
    r"correctie|rectificatie|rechtzetting|"
    r"korrektur|berichtigung|richtigstellung|"
    r"correcci[oó]n|rectificaci[oó]n|fe de err(?:atas|ores)|"
    r"correzione|rettifica"
)
_DATE = r"[ ,(]{1,2}[^\n:.\d]{0,20}\d[^\n:.]{0,24}"
_LABEL = (
    rf"(?:(?:^|[\n.!?»”\"])\s*(?:{_LABELS})(?:{_DATE})?\s?(?::|\s[-–—]\s|$)"
    rf"|[\[(]\s*(?:{_LABELS})(?:{_DATE})?\s*[\])])"
)
_SENTENCES = (
    r"\b(?:earlier|previous) version of this (?:article|story|report|headline|piece|post)\b",
    r"\bthis (?:article|story|report|headline|piece|post) (?:was|has been) (?:corrected|amended)\b",
    r"\bversion (?:précédente|antérieure) de cet(?:te)? (?:article|texte|dépêche|brève)\b",
    r"\bcet(?:te)? (?:article|texte|dépêche|brève) a été (?:corrigée?|rectifiée?)\b",
    r"\b(?:eerdere|vorige) versie van dit (?:artikel|bericht|stuk)\b",
    r"\bdit (?:artikel|bericht|stuk) (?:is|werd) (?:gecorrigeerd|rechtgezet|gerectificeerd)\b",
    r"\b(?:früheren|vorherigen) (?:version|fassung) dieses (?:artikels|textes|beitrags)\b",
    r"\bdieser (?:artikel|text|beitrag) wurde (?:korrigiert|berichtigt)\b",
    r"\bversión (?:anterior|previa) de est[ea] (?:artículo|noticia|texto)\b",
    r"\best[ea] (?:artículo|noticia|texto) ha sido (?:corregid|rectificad)[oa]\b",
    r"\bversione precedente di quest[oa']",
    r"\bquest[oa'] ?(?:articolo|notizia) è stat[oa] (?:corrett|rettificat)[oa]\b",
)
_SAYS_SO = re.compile(f"(?:{'|'.join((_LABEL, *_SENTENCES))})[^.\\n]*", re.IGNORECASE)


def corrects_itself(before: str, after: str) -> bool:
    """Whether ``after`` says so in words that ``before`` has not, or oftener: both are plain text,
    headline first.
    """
    return bool(_said(after) - _said(before))


def _said(text: str) -> Counter[str]:
    return Counter(found[0].strip() for found in _SAYS_SO.finditer(text))
