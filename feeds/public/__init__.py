"""The public side: the site's pages, its pictures, the feeds' addresses.

``pages`` the list of all pages · ``library`` the values that they are made from · ``front``,
``lists``, ``brief``, ``search`` one kind each · ``sitemaps`` · ``structured`` JSON-LD ·
``catalogue`` how briefs are filed · ``shown``, ``wire`` briefs and headlines in a list · ``site``
what pages share · ``words`` in which language · ``times`` · ``look`` style and logo, with
``colours`` · ``rendering`` templates · ``trouble`` the page for what went wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, abort, request

from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.store.folder import PictureFolder
from feeds.press import Press
from feeds.public.library import Library
from feeds.public.look import Look
from feeds.public.pages import Page, PublicPages
from feeds.public.search import Search
from feeds.public.trouble import error_pages
from feeds.representation import Representation

__all__ = ["error_pages", "public_site"]

_FOR_GOOD = "public, max-age=31536000, immutable"
_WITH_STRANGERS = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


def public_site(settings: Settings, store: Store, press: Press) -> Blueprint:
    """The blueprint of everything that anybody may read."""
    here = Path(__file__).parent
    site = Blueprint("public", __name__, template_folder=str(here / "templates"))
    pages = PublicPages(settings, store)
    press.listings += [lambda: (path for path, _, _ in pages.each()), pages.library.files]
    for page in pages.all:
        hotlink = settings.hotlink_pictures
        view = _view_with_strangers(page, pages.library) if hotlink else _view(page, press)
        site.add_url_rule(page.rule, page.name, view)
    if settings.search:
        search = Search(pages.library)
        site.add_url_rule("/search", "search", lambda: search.answer(request))
    _serve_look(site, pages.library.look)
    _serve_pictures(site, PictureFolder(settings.pictures_dir))
    return site


def _view(page: Page, press: Press) -> Callable[..., Response]:
    def answer(**arguments: object) -> Response:
        made = press.page(request.path, lambda: page.render(**arguments), page.content_type)
        return made.answer(request)

    return answer


def _view_with_strangers(page: Page, library: Library) -> Callable[..., Response]:
    """For an operator who wants pictures shown from their own places: the pages may load them.
    What a press keeps ready has the headers of everything; so these are made anew.
    """

    def answer(**arguments: object) -> Response:
        body, changed_at = page.render(**arguments), library.edition.changed_at
        response = Representation.of(body, page.content_type, changed_at).answer(request)
        response.headers["Content-Security-Policy"] = _WITH_STRANGERS
        return response

    return answer


def _serve_look(site: Blueprint, look: Look) -> None:
    @site.get("/look/<version>/<name>")
    def file(version: str, name: str) -> Response:
        """A file of the site's look; under an old address it is the new one, for a short time."""
        body, kind = look.files.get(name) or abort(404)
        current = version == look.version
        return _file(body, kind, _FOR_GOOD if current else "public, max-age=60")

    @site.get("/favicon.ico")
    def favicon() -> Response:
        """Where browsers look for an icon that nothing names."""
        return _file(*look.files["favicon.ico"], "public, max-age=86400")

    site.app_context_processor(lambda: {"icon": look.path("icon.svg")})


def _serve_pictures(site: Blueprint, folder: PictureFolder) -> None:
    @site.get("/pictures/<name>")
    def picture(name: str) -> Response:
        """A picture of a brief; its name says which bytes it has."""
        body = folder.read(name)
        if body is None:
            abort(404)
        return _file(body, _TYPES[name.rpartition(".")[2]], _FOR_GOOD)


def _file(body: bytes, kind: str, cached: str) -> Response:
    response = Response(body, headers={"Content-Type": kind, "Cache-Control": cached})
    response.add_etag()
    response.make_conditional(request)
    return response
