"""Countries, their people, cities and bodies: what each language has a name of its own for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from aggregator.desk.checks.sources import Reading
from aggregator.desk.checks.text import Token
from aggregator.desk.cldr import places

# By ISO 3166 code, how the folded words for a country's people and languages begin in English,
# French, Dutch, German, Spanish and Italian: CLDR has no such words.
_PEOPLES = {
    "AR": "argentin argentijn", "AT": "austria autrich oostenrijk osterreich", "AU": "austral",
    "BE": "belg", "BR": "brazil brasil bresil", "CA": "canad kanad",
    "CH": "swiss suisse zwitser schweiz suiz svizzer", "CL": "chilen chili", "CN": "chin",
    "CO": "colomb kolumb", "CZ": "czech tchequ tsjech tschech chec ceco",
    "DE": "german alleman allemagn duits deutsch tedesc", "DK": "danish dane danois deens danisch",
    "EG": "egypt agypt egip egizi", "ES": "spani espagn spaans espan spagn", "EU": "europ",
    "FI": "finnish finn finland fins finlandes", "FR": "french francais frans franzos frances",
    "GB": "british briton britan brits britisch", "GR": "greek grec griek griech grieg",
    "HU": "hungar hongr hongaar ungar ungher", "IE": "irish irland iers irisch",
    "IL": "israel", "IN": "indian indien indisch indias", "IQ": "iraq irak", "IR": "iran",
    "IT": "ital", "JP": "japan japon giappon", "KR": "korea coree corea", "LU": "luxemb",
    "MA": "moroc maroc marok marroqu", "MX": "mexic mexik messic",
    "NL": "dutch neerland nederland niederland hollan olandes", "NO": "norweg norveg noor noruega",
    "PL": "polish polon pools polnisch polac", "PS": "palest", "PT": "portug",
    "RO": "romani roumain roemeen rumanisch ruman rumen", "RU": "russ rus",
    "SA": "saudi saoud arabi", "SE": "swed sued zweed schwed", "SY": "syri siri", "TN": "tunis",
    "TR": "turk turc turqu", "UA": "ukrain oekrai ucrani ucrain",
    "US": "americ amerik estadounid statunit", "ZA": "sudafri zuidafri",
}  # fmt: skip
# By the same code or one of our own. What is an acronym must have capitals: "Un" begins a French
# sentence, "Who" an English one.
_ACRONYMS = {
    "US": "us, usa, vs", "GB": "uk", "EU": "eu, ue", "UN": "un, onu, vn, uno",
    "NATO": "nato, otan, navo", "WHO": "who, oms, wgo", "WTO": "wto, omc", "IMF": "imf, fmi, iwf",
    "ECB": "ecb, bce, ezb", "IAEA": "iaea, aiea, iaeo, oiea", "GDP": "gdp, pib, bbp, bip, pil",
    "AI": "ai, ia, ki",
}  # fmt: skip
_FURTHER = {
    "GB": "britain, great britain, grande bretagne, gran bretagna, gran bretana, groot brittannie, "
    "grossbritannien, england, angleterre, engeland",
    "NL": "holland, hollande, olanda", "EU": "europe, europa", "NATO": "nato, otan",
    "hague": "the hague, hague, la haye, den haag, la haya, l aia",
    "antwerp": "antwerp, anvers, antwerpen, amberes, anversa", "ghent": "ghent, gand, gent",
    "bruges": "bruges, brugge, brujas", "liege": "liege, luik, luttich, lieja, liegi",
    "leuven": "leuven, louvain, lowen", "mechelen": "mechelen, malines", "ypres": "ypres, ieper",
    "namur": "namur, namen", "mons": "mons, bergen", "tournai": "tournai, doornik",
    "kortrijk": "kortrijk, courtrai", "ostend": "ostend, ostende, oostende",
    "lille": "lille, rijsel", "cologne": "cologne, koln, keulen, colonia",
    "munich": "munich, munchen, monaco di baviera", "aachen": "aachen, aken, aix la chapelle",
    "geneva": "geneva, geneve, genf, ginebra, ginevra", "basel": "basel, bale, bazel, basilea",
    "milan": "milan, milano, milaan, mailand", "florence": "florence, firenze, florenz, florencia",
    "naples": "naples, napoli, napels, neapel, napoles",
    "venice": "venice, venise, venezia, venetie, venedig, venecia",
    "turin": "turin, torino, turijn", "genoa": "genoa, genes, genova, genua",
    "seville": "seville, sevilla, siviglia", "lisbon": "lisbon, lisbonne, lissabon, lisboa",
    "nuremberg": "nuremberg, nurnberg, neurenberg, norimberga",
    "hamburg": "hamburg, hambourg, hamburgo, amburgo",
    "strasbourg": "strasbourg, strassburg, straatsburg, estrasburgo, strasburgo",
    "dunkirk": "dunkirk, dunkerque, duinkerke", "beijing": "beijing, pekin, peking, pechino",
    "mecca": "mecca, la mecque, mekka, la meca", "kharkiv": "kharkiv, kharkov, charkiw, jarkov",
}  # fmt: skip
_LONGEST = 4


def place_at(words: Sequence[Token], at: int) -> tuple[frozenset[str], int]:
    """What the words from ``at`` name, as codes (Luxembourg is two places), and the end of the
    name; no code if it is nothing that languages have their own names for.
    """
    if words[at].written.isupper() and words[at].plain in _acronyms():
        return _acronyms()[words[at].plain], at + 1
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        codes = _codes().get(" ".join(token.plain for token in words[at : at + length]))
        if codes:
            return codes, at + length
    word = words[at].plain
    root = next((word[:n] for n in range(len(word), 2, -1) if word[:n] in _roots()), "")
    return (frozenset({_roots()[root]}), at + 1) if root else (frozenset(), at)


def named(codes: frozenset[str], readings: Sequence[Reading]) -> bool:
    """Whether a source speaks of one of the places or its people, in any of our languages."""
    phrases = [phrase for code in codes for phrase in _phrases()[code]]
    return any(phrase in reading.joined for reading in readings for phrase in phrases)


@cache
def _roots() -> dict[str, str]:
    return {root: code for code, roots in _PEOPLES.items() for root in roots.split()}


@cache
def _acronyms() -> dict[str, frozenset[str]]:
    return _by_name(_listed(_ACRONYMS))


@cache
def _codes() -> dict[str, frozenset[str]]:
    return _by_name(_names())


def _by_name(names: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    codes: dict[str, set[str]] = {}
    for code, name in names:
        codes.setdefault(name, set()).add(code)
    return {name: frozenset(found) for name, found in codes.items() if name}


@cache
def _phrases() -> dict[str, set[str]]:
    """How a place's names and its people's stand in :attr:`Reading.joined`."""
    phrases: dict[str, set[str]] = {}
    for code, name in (*_names(), *_listed(_ACRONYMS)):
        phrases.setdefault(code, set()).update({f" {name} "} if name else ())
    for root, code in _roots().items():
        phrases.setdefault(code, set()).add(f" {root}")
    return phrases


def _names() -> Iterator[tuple[str, str]]:
    for code, name in places():
        yield code, " ".join(name.replace("-", " ").replace("’", " ").replace("'", " ").split())
    yield from _listed(_FURTHER)


def _listed(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((code, name) for code, listed in names.items() for name in listed.split(", "))
