"""Numbers in words, in six languages."""

from __future__ import annotations

from functools import cache

from aggregator.desk.cldr import known, scales
from aggregator.stories.letters import fold

# Zero to twenty (each language's own words), then the tens from thirty, then a hundred.
_SIMPLE = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze "
    "quinze seize dix-sept dix-huit dix-neuf vingt",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien "
    "vijftien zestien zeventien achttien negentien twintig",
    "de": "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce "
    "quince dieciséis diecisiete dieciocho diecinueve veinte",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici "
    "quattordici quindici sedici diciassette diciotto diciannove venti",
}
_TENS = {
    "en": "thirty forty fifty sixty seventy eighty ninety hundred",
    "fr": "trente quarante cinquante soixante septante quatre-vingt nonante cent",
    "nl": "dertig veertig vijftig zestig zeventig tachtig negentig honderd",
    "de": "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien",
    "it": "trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
}
_MORE = {
    "en": {"dozen": 12, "hundreds": 100, "thousands": 1000, "both": 2},
    "fr": {"vingts": 20, "cents": 100, "milliers": 1000, "huitante": 80},
    "nl": {"dozijn": 12, "honderden": 100, "duizenden": 1000},
    "de": {"zwo": 2, "beide": 2, "beiden": 2, "dutzend": 12, "eins": 1},
    "es": {"un": 1, "ciento": 100, "docena": 12, "miles": 1000},
    "it": {"un": 1, "dozzina": 12, "migliaia": 1000},
}
_GLUED = {"de": "und", "nl": "en"}
"""Between the unit and the ten of one word: "dreiundzwanzig"."""


@cache
def number_words(language: str | None) -> dict[str, float]:
    """The folded words for numbers in a language → what each says, up to a thousand."""
    own = known(language)
    simple = [fold(word) for word in _SIMPLE[own].split()]
    tens = dict(zip(range(30, 101, 10), map(fold, _TENS[own].split()), strict=True))
    said: dict[str, float] = {
        word: number for number, word in [*enumerate(simple), *tens.items()] if "-" not in word
    }
    said |= _MORE[own] | {word: value for word, value in scales(own).items() if value == 1000}
    ones, decades = list(enumerate(simple))[1:10], {20: simple[20], **tens}
    for ten, word in decades.items():
        for one, unit in ones:
            if own in _GLUED and ten < 100:
                said[f"{unit}{_GLUED[own]}{word}"] = ten + one
            elif own == "it" and ten < 100:
                said[f"{word[:-1] if unit[0] in 'uo' else word}{unit}"] = ten + one
            elif own == "es" and ten == 20:
                said[f"veinti{unit.removesuffix('o') if one == 1 else unit}"] = ten + one
    if own in {"de", "nl", "it"}:
        thousand = {"de": "tausend", "nl": "duizend", "it": "mila"}[own]
        for number, word in list(enumerate(simple))[2:]:
            said[f"{word}{tens[100]}"] = number * 100
            said[f"{word}{thousand}"] = number * 1000
    return said
