"""What web servers must know to serve an export as this program would (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from feeds.headers import PROTECTING
from feeds.representation import CACHE_CONTROL

_FOR_GOOD = "public, max-age=31536000, immutable"
_TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "opml": "text/x-opml; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
_NGINX = """\
# Made by "aggregator export". In a server block of nginx:  include {root}/.server/nginx.conf;
root "{root}";
etag on;
gzip_static on;
gzip_vary on;
# brotli_static on;   # with the module ngx_brotli
error_page 404 /404.html;
location ~ /\\. {{ return 404; }}
{gone}\
location ~ ^/(?:look|pictures)/ {{
{for_good}    try_files $uri =404;
}}
{typed}\
location = / {{ rewrite ^ /index.html last; }}
location / {{
{headers}    types {{ }}
    default_type "text/html; charset=utf-8";
    try_files $uri $uri.html =404;
}}
"""
_NGINX_TYPED = """\
location ~ \\.{ending}$ {{
{headers}    types {{ }}
    default_type "{kind}";
    try_files $uri =404;
}}
"""
_CADDY = """\
# Made by "aggregator export"; run it with:  caddy run --config {root}/.server/Caddyfile
{{$SITE_ADDRESS:http://localhost:8080}} {{
	root * "{root}"
	@hidden path /.*
	respond @hidden 404
{gone}{headers}	@kept path /look/* /pictures/*
	header @kept Cache-Control "{for_good}"
{typed}	try_files {{path}} {{path}}.html {{path}}index.html
	file_server {{
		precompressed br gzip
	}}
	handle_errors {{
		rewrite * /404.html
		file_server
	}}
}}
"""


def nginx_conf(root: Path, withdrawn: Iterable[str]) -> str:
    """What to include in a server block of nginx; ``withdrawn`` paths answer 410."""
    gone = "".join(f"location = {path} {{ return 410; }}\n" for path in withdrawn)
    typed = "".join(
        _NGINX_TYPED.format(
            ending=ending, kind=kind, headers=_nginx_headers(CACHE_CONTROL, cors=ending != "html")
        )
        for ending, kind in _TYPES.items()
    )
    return _NGINX.format(
        root=root,
        gone=gone,
        typed=typed,
        headers=_nginx_headers(CACHE_CONTROL),
        for_good=_nginx_headers(_FOR_GOOD),
    )


def caddyfile(root: Path, withdrawn: Iterable[str]) -> str:
    """A configuration of Caddy; ``withdrawn`` paths answer 410."""
    paths = " ".join(withdrawn)
    gone = f"\t@gone path {paths}\n\trespond @gone 410\n" if paths else ""
    given: Mapping[str, str] = {"Cache-Control": CACHE_CONTROL, **PROTECTING}
    headers = "".join(f'\theader {name} "{value}"\n' for name, value in given.items())
    typed = "".join(
        f'\t@{ending} path *.{ending}\n\theader @{ending} Content-Type "{kind}"\n'
        for ending, kind in _TYPES.items()
    )
    return _CADDY.format(root=root, gone=gone, headers=headers, for_good=_FOR_GOOD, typed=typed)


def _nginx_headers(cached: str, *, cors: bool = False) -> str:
    given = {"Cache-Control": cached, **PROTECTING}
    if cors:
        given["Access-Control-Allow-Origin"] = "*"
    return "".join(f'    add_header {name} "{value}";\n' for name, value in given.items())
