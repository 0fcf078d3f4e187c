"""Whether a source's change is one that readers see (pure).

What is no edit: other typography, spaces, letter case or markup; the publisher's name after the
headline; counters, reading times, times such as "5 minutes ago"; advertisements; links to other
articles. A pattern has to match a whole sentence, line or block, so that a sentence *about*
3 million views keeps its figures; and each is tried on a few words only, so it takes linear time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import unescape

from aggregator.domain import KnownItem, Sighting
from aggregator.wire.headline import without_publisher
from aggregator.wire.likeness import words

_TAG = re.compile(r"(<[^<>]*>)")
_BLOCK = re.compile(
    r"</?(?:p|div|ul|ol|li|h\d|blockquote|pre|table|t[rdh]|dl|d[td]|figure|figcaption|[bh]r)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"<a\b", re.IGNORECASE)
_AD = re.compile(
    r"\bhref=[\"']?https?://(?:[\w-]+\.)*(?:doubleclick\.net|googlesyndication\.com"
    r"|feedburner\.com/~|feedsportal\.com|taboola\.com|outbrain\.com|buysellads\.com|pheedo\.com)",
    re.IGNORECASE,
)

# The end of a sentence or of a part of a line. "(12)" stays with the word before it.
_END = re.compile(r"[|·•\[\]]|[.!?…](?=\s|$)|\s[-–—]\s|\((?!\d+\))|(?<!\d)\)")
_LONGEST = 60
"""Characters of a part that may be noise."""


def reads_otherwise(item: KnownItem, entry: Sighting) -> bool:
    """Whether readers of the entry would see a change from the stored item."""
    now = entry.item
    html = now.content or now.summary
    if (item.title, item.html) == (now.title, html):
        return False
    return _shown(item.title, item.html, item.canonical_url) != _shown(
        now.title, html, entry.canonical_url
    )


def readable(html: str) -> str:
    """The words of safe HTML that count, in lower case, one space between them."""
    parts = (part for text in _own(html) for part in _END.split(text) if not _is_noise(part))
    return _words(" ".join(parts))


def _shown(title: str, html: str, canonical: str | None) -> tuple[str, str]:
    return _words(without_publisher(title, canonical)), readable(html)


def _own(html: str) -> Iterator[str]:
    """The text of each block, without those that lead elsewhere: "Read also" with a link, or with
    blocks after it that are links and nothing else.
    """
    leading_away = False
    for text, beside_links in _blocks(html):
        if not text.strip():
            continue
        label = words(beside_links)
        leading_away = label in _LEADING_AWAY or (leading_away and not label)
        if not leading_away:
            yield text


def _blocks(html: str) -> Iterator[tuple[str, str]]:
    """The text of each block, whole and without its links; advertisers' links are not in it."""
    text, beside_links = [], []
    in_link = in_ad = False
    for at, piece in enumerate(_TAG.split(html)):
        if at % 2 == 0:
            text += [] if in_ad else [piece]
            beside_links += [] if in_link else [piece]
        elif _BLOCK.match(piece):
            yield unescape("".join(text)), unescape("".join(beside_links))
            text, beside_links = [], []
        elif _LINK.match(piece):
            in_link, in_ad = True, _AD.search(piece) is not None
        elif piece == "</a>":
            in_link = in_ad = False
    yield unescape("".join(text)), unescape("".join(beside_links))


def _is_noise(part: str) -> bool:
    return len(part) <= _LONGEST and _NOISE.fullmatch(words(part)) is not None


def _words(text: str) -> str:
    """What is left of a text without typography; accents stay, and so do the signs of numbers."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\N{MINUS SIGN}", "-")
    return " ".join(_word().findall(plain))


@cache
def _word() -> re.Pattern[str]:
    """A word with its combining marks, which many scripts cannot do without."""
    marks = "".join(filter(_is_mark, map(chr, range(0x10000))))
    return re.compile(rf"(?:(?<!\w)[-+](?=\d))?[\w{marks}]+|[%‰€$£¥]")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


# Below, texts are as ``words`` makes them: lower case, no accents, no punctuation.
_NUMBER = r"\d+[km]?(?: \d+[km]?)*"
_COUNTED = (
    r"(?:views?|vues?|vistas?|weergaven|aufrufe|visualiz\w+|reads?|lectures?|hits"
    r"|comments?|commentaires?|kommentare?|reacties?|comentarios?|comment[io]|reactions?"
    r"|shares?|partages?|likes?|j aime)"
)
_UNIT = (
    r"(?:s|sec\w*|seg\w*|sek\w*|min\w*|h|hours?|heures?|stunden?|uur|uren|horas?|or[ae]"
    r"|days?|jours?|j|tage?n?|dag(?:en)?|dias?|giorn[io]|weeks?|semaines?|wochen?|weken)"
)
_SPAN = rf"(?:{_NUMBER}|an?|une?|eine[rmn]?|een|una?|uma?) {_UNIT}"
_READING = (
    r"(?:reading time|read time|(?:temps|duree) de lecture|lecture|lesezeit|lesedauer|leestijd"
    r"|tempo di lettura|tiempo de lectura|tempo de leitura)"
)
_SINCE = (
    r"(?:(?:last )?(?:published|posted|updated)|publiee?|modifiee?|mise? a jour|actualisee?"
    r"|gepubliceerd|bijgewerkt|veroffentlicht|aktualisiert|(?:publi|actualiz)cado|actualizado"
    r"|pubblicato|aggiornato)"
)
_NOISE = re.compile(
    "|".join(
        (
            rf"(?:{_NUMBER}|no|aucune?|keine?|geen|sin|nessun) {_COUNTED}",
            rf"{_COUNTED} {_NUMBER}",
            rf"(?:deja )?(?:lue?|vue?|read|viewed|shared|seen|leido|letto|lido)"
            rf" {_NUMBER} (?:fois|times|veces|volte|vezes)",
            rf"(?:schon |al )?{_NUMBER} (?:mal|keer|x) (?:gelesen|gelezen|bekeken|gedeeld|geteilt)",
            rf"{_NUMBER} min\w* (?:read|to read|{_READING}|de lecture|di lettura|de lectura)",
            rf"{_READING} {_NUMBER} min\w*",
            rf"(?:{_SINCE} )?(?:il y a|vor|hace|ha) {_SPAN}",
            rf"(?:{_SINCE} )?{_SPAN} (?:ago|geleden|fa|atras)",
            r"advertisements?|advertising|sponsored(?: content| post)?|promoted|publicites?",
            r"(?:contenu )?sponsorise|annonces?|anzeigen?|werbung|advertentie|reclame|gesponsord",
            r"publicidad|anuncios?|patrocinado|pubblicita|sponsorizzato|publicidade",
        )
    )
)
_LEADING_AWAY = frozenset(
    (
        *("read more", "read also", "also read", "see also", "more on this", "more on this story"),
        *("related", "related articles", "related stories", "related posts", "related links"),
        *("lire aussi", "a lire aussi", "a lire", "lire egalement", "a lire egalement"),
        *("lire la suite", "voir aussi", "a voir aussi", "sur le meme sujet", "a propos"),
        *("lees ook", "lees meer", "lees verder", "bekijk ook", "meer over dit onderwerp"),
        *("lesen sie auch", "lesen sie mehr", "mehr zum thema", "weiterlesen", "auch interessant"),
        *("lea tambien", "lee tambien", "leer mas", "leggi anche", "leia tambem", "leia mais"),
        *("tags", "tag", "topics", "filed under", "mots cles", "themen", "trefwoorden"),
        *("etiquetas", "etichette", "schlagworte"),
    )
)
