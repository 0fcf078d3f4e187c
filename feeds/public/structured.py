"""A brief as search engines read it: schema.org's NewsArticle, as JSON-LD (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aggregator.desk.naming import path
from aggregator.domain import Brief, Citation
from feeds.public.shown import ShownPicture
from feeds.public.site import Site
from feeds.public.times import iso


def news_article(
    site: Site,
    brief: Brief,
    picture: ShownPicture | None,
    description: str,
    sections: Sequence[str],
) -> dict[str, Any]:
    """The data of a brief that is out; what there is none of is left out."""
    said, out = brief.wording, brief.published_at
    if out is None:
        raise ValueError(f"brief {brief.id} is not out")
    url = site.absolute(path(brief) or "")
    originals = [_original(cited) for cited in said.citations]
    values = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "identifier": brief.uid,
        "headline": said.headline,
        "description": description,
        "inLanguage": said.language,
        "datePublished": iso(out),
        "dateModified": iso(brief.updated_at or out),
        "author": {"@type": "Person", "name": said.byline},
        "publisher": _publisher(site),
        "articleSection": list(sections),
        "image": _image(site, picture),
        "creditText": picture.credit if picture else None,
        "isBasedOn": originals,
        "citation": originals,
        "correction": [
            {"@type": "CorrectionComment", "text": one.note, "datePublished": iso(one.at)}
            for one in brief.corrections
        ],
        "isAccessibleForFree": True,
    }
    return _filled(values)


def _publisher(site: Site) -> dict[str, Any]:
    return {
        "@type": "NewsMediaOrganization",
        "name": site.title,
        "url": f"{site.base_url}/",
        "logo": {"@type": "ImageObject", "url": site.absolute(site.logo or site.large_icon)},
    }


def _image(site: Site, picture: ShownPicture | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    return _filled(
        {
            "@type": "ImageObject",
            "url": site.absolute(picture.src),
            "width": picture.width,
            "height": picture.height,
            "caption": picture.alt,
            "creditText": picture.credit,
        }
    )


def _original(cited: Citation) -> dict[str, Any]:
    return _filled(
        {
            "@type": "NewsArticle",
            "url": cited.url,
            "headline": cited.title,
            "inLanguage": cited.language,
            "publisher": {"@type": "Organization", "name": cited.source},
        }
    )


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
