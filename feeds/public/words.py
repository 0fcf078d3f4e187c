"""What the site says by itself, in the languages that it can be in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The site's own words in one language; ``{…}`` is filled in."""

    language: str
    locale: str
    to_news: str
    sections: str
    latest_news: str
    from_sources: str
    older: str
    newer: str
    archive: str
    search: str
    search_news: str
    found: str
    found_none: str
    search_hint: str
    subscribe: str
    feeds_say: str
    no_news: str
    no_briefs: str
    corrected: str
    correction: str
    originals: str
    previous: str
    next: str
    in_series: str
    categories: str
    series: str
    sources: str
    languages: str
    page_of: str
    count_one: str
    count_many: str
    of_source: str
    wire_note: str
    home: str
    front_page: str
    not_found: str
    not_found_say: str
    gone: str
    gone_say: str
    only_gives: str
    too_many: str
    away: str
    wrong: str
    by_month: str


EN = Words(
    language="en",
    locale="en_GB",
    to_news="To the text",
    sections="Sections",
    latest_news="Latest news",
    from_sources="From our sources",
    older="Older news",
    newer="Newer news",
    archive="Archive",
    search="Search",
    search_news="Search the news",
    found="Found for “{words}”",
    found_none="Nothing was found for “{words}”. Fewer words find more.",
    search_hint="Type one word or more: what has all of them is found, the newest first.",
    subscribe="Subscribe",
    feeds_say="A feed reader shows you everything as soon as it is published.",
    no_news="No news yet. The first look at our sources may be under way: come again in a minute.",
    no_briefs="Nothing has been published here yet.",
    corrected="corrected",
    correction="Correction",
    originals="Read the originals",
    previous="Before this",
    next="After this",
    in_series="More in this series",
    categories="Categories",
    series="Series",
    sources="Sources",
    languages="Languages",
    page_of="Page {number} of {count}",
    count_one="1 brief",
    count_many="{count} briefs",
    of_source="Briefs that rest on {name}",
    wire_note="These headlines lead to their publishers, whose articles they are.",
    home="Front page",
    front_page="To the front page",
    not_found="Not Found",
    not_found_say="There is nothing at this address.",
    gone="Gone",
    gone_say="What was here has been withdrawn.",
    only_gives="This address only gives; it takes nothing.",
    too_many="Many people search just now. Please try again in a moment.",
    away="The newsroom's database does not answer just now. Please try again in a minute.",
    wrong="Something went wrong on our side.",
    by_month="By month",
)

FR = Words(
    language="fr",
    locale="fr_BE",
    to_news="Aller au texte",
    sections="Rubriques",
    latest_news="Dernières nouvelles",
    from_sources="Chez nos sources",
    older="Plus anciennes",
    newer="Plus récentes",
    archive="Archives",
    search="Chercher",
    search_news="Chercher dans les nouvelles",
    found="Trouvé pour « {words} »",
    found_none="Rien n’a été trouvé pour « {words} ». Moins de mots trouvent davantage.",
    search_hint="Tapez un mot ou plusieurs : ce qui les contient tous est trouvé, du plus récent "
    "au plus ancien.",
    subscribe="S’abonner",
    feeds_say="Un lecteur de flux vous montre tout dès la parution.",
    no_news="Pas encore de nouvelles. La première lecture de nos sources est peut-être en cours : "
    "revenez dans une minute.",
    no_briefs="Rien n’a encore été publié ici.",
    corrected="corrigé",
    correction="Rectificatif",
    originals="Lire les originaux",
    previous="Précédent",
    next="Suivant",
    in_series="Dans la même série",
    categories="Catégories",
    series="Séries",
    sources="Sources",
    languages="Langues",
    page_of="Page {number} sur {count}",
    count_one="1 brève",
    count_many="{count} brèves",
    of_source="Brèves d’après {name}",
    wire_note="Ces titres mènent chez leurs éditeurs, à qui sont les articles.",
    home="Accueil",
    front_page="Vers l’accueil",
    not_found="Introuvable",
    not_found_say="Il n’y a rien à cette adresse.",
    gone="Retiré",
    gone_say="Ce qui était ici a été retiré.",
    only_gives="Cette adresse ne fait que donner ; elle ne prend rien.",
    too_many="On cherche beaucoup en ce moment. Réessayez dans un instant.",
    away="La base de données de la rédaction ne répond pas. Réessayez dans une minute.",
    wrong="Une erreur s’est produite chez nous.",
    by_month="Par mois",
)

NL = Words(
    language="nl",
    locale="nl_BE",
    to_news="Naar de tekst",
    sections="Rubrieken",
    latest_news="Laatste nieuws",
    from_sources="Bij onze bronnen",
    older="Ouder nieuws",
    newer="Nieuwer nieuws",
    archive="Archief",
    search="Zoeken",
    search_news="Zoeken in het nieuws",
    found="Gevonden voor “{words}”",
    found_none="Niets gevonden voor “{words}”. Met minder woorden vindt u meer.",
    search_hint="Typ een of meer woorden: wat ze allemaal bevat, wordt gevonden, het nieuwste "
    "eerst.",
    subscribe="Abonneren",
    feeds_say="Een feedlezer toont u alles zodra het verschijnt.",
    no_news="Nog geen nieuws. Misschien worden onze bronnen net voor het eerst gelezen: kom over "
    "een minuut terug.",
    no_briefs="Hier is nog niets verschenen.",
    corrected="verbeterd",
    correction="Rechtzetting",
    originals="Lees de originelen",
    previous="Vorige",
    next="Volgende",
    in_series="In dezelfde reeks",
    categories="Categorieën",
    series="Reeksen",
    sources="Bronnen",
    languages="Talen",
    page_of="Pagina {number} van {count}",
    count_one="1 bericht",
    count_many="{count} berichten",
    of_source="Berichten op basis van {name}",
    wire_note="Deze koppen leiden naar hun uitgevers, van wie de artikelen zijn.",
    home="Voorpagina",
    front_page="Naar de voorpagina",
    not_found="Niet gevonden",
    not_found_say="Er is niets op dit adres.",
    gone="Ingetrokken",
    gone_say="Wat hier stond, is ingetrokken.",
    only_gives="Dit adres geeft alleen; het neemt niets aan.",
    too_many="Er wordt nu veel gezocht. Probeer het zo dadelijk opnieuw.",
    away="De database van de redactie antwoordt niet. Probeer het over een minuut opnieuw.",
    wrong="Er ging bij ons iets mis.",
    by_month="Per maand",
)

_LANGUAGES = {words.language: words for words in (EN, FR, NL)}


def words_of(language: str) -> Words:
    """The words of a language tag such as ``fr-BE``; English ones where we have none."""
    return _LANGUAGES.get(language[:2].lower(), EN)
