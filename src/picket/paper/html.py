"""A document as one HTML file: no script, nothing loaded, printable; every word from outside is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from picket.paper.document import Cited, Document, Facts, Heading, Notes, Paragraph, Part, Signatures, Source, Sources, Table
from picket.paper.drawing import Drawing
from picket.paper.svg import svg
from picket.paper.text import turns, visible
from picket.paper.when import utc

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_COMPACT = ' class="compact"'
_STRONG = ' class="strong"'
_STYLE = """
:root{color-scheme:light;--soft:#444;--line:#999;--ink:#111}
body{font:11pt/1.35 system-ui,sans-serif;max-width:60rem;margin:12mm auto;padding:0 8mm;color:var(--ink);background:#fff}
h1{font-size:15pt;margin:0 0 2mm}h2{font-size:11.5pt;margin:6mm 0 2mm;break-after:avoid}p{margin:1mm 0}
.simulated{border:1.5pt solid;padding:1mm 3mm;font-weight:700;display:inline-block}
table{border-collapse:collapse;width:100%;font-size:9.5pt}
th,td{text-align:left;vertical-align:top;padding:1.1mm 2mm;border-bottom:.4pt solid var(--line);overflow-wrap:anywhere}
th{border-bottom:1pt solid}tr{break-inside:avoid}thead{display:table-header-group}
.n{text-align:right;font-variant-numeric:tabular-nums}.k{width:32%;font-weight:600}
tr.strong td{font-weight:600;border-top:1pt solid}ul{margin:1mm 0;padding-left:5mm}
.sign{display:flex;gap:14mm;margin-top:12mm}.sign div{flex:1;border-top:.6pt solid;padding-top:1mm;font-size:9pt}
.c{font-size:8pt;border:.4pt solid var(--line);border-radius:2mm;padding:0 1.5mm;margin-right:1.5mm}
.about{color:var(--soft);font-size:8.5pt;display:block}blockquote{display:inline;margin:0}
ol{list-style:none;padding:0}ol li{margin-bottom:2mm}li:target{background:#ffd54f55}a{color:inherit}
.compact{font-size:9pt}.compact table{font-size:8pt}.compact td,.compact th{padding:.5mm 1.5mm}.compact h2{margin:3mm 0 1mm}
figure{margin:4mm 0;break-inside:avoid}figure b{display:block;margin-bottom:1mm}figcaption{font-size:8.5pt;color:var(--soft)}
svg{max-width:100%;height:auto;background:#fff}
footer{margin-top:8mm;border-top:.4pt solid var(--line);padding-top:1mm;font-size:8.5pt;color:var(--soft);overflow-wrap:anywhere}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--soft:#aaa;--line:#666;--ink:#ddd}body{background:#111}}
@media print{body{margin:0;padding:0;max-width:none}a{text-decoration:none}@page{size:A4;margin:14mm 13mm}}
"""


def render(document: Document) -> str:
    """The whole file as text. The same document gives the same text."""
    banner = f'<p class="simulated">{_e(document.mark)}</p>' if document.simulated else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(visible(document.title))}</title>'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<style>{_STYLE}</style></head><body><main>"
        f"<h1>{_e(document.title)}</h1>{banner}{''.join(_part(p) for p in document.parts)}</main>"
        f"<footer>{_e(' · '.join(footer(document)))}</footer></body></html>"
    )


def footer(document: Document) -> list[str]:
    """What stands under every page: the mark of an exercise, the digest of the data, the moment."""
    found = [document.mark, f"digest {document.digest}" if document.digest else ""]
    found.append("" if document.made_at is None else f"made {utc(document.made_at)} UTC")
    return [words for words in found if words]


def _part(part: Part) -> str:
    match part:
        case Heading():
            return f"<h2>{_e(part.text)}</h2>"
        case Paragraph():
            return f"<p><strong>{_e(part.text)}</strong></p>" if part.strong else f"<p>{_e(part.text)}</p>"
        case Facts():
            rows = "".join(f'<tr><td class="k">{_e(k)}</td><td>{_e(v)}</td></tr>' for k, v in part.rows)
            return f"<table><tbody>{rows}</tbody></table>"
        case Notes():
            return "<ul>" + "".join(f"<li>{_e(item)}</li>" for item in part.items) + "</ul>"
        case Table():
            return _table(part)
        case Signatures():
            return '<div class="sign">' + "".join(f"<div>{_e(label)}</div>" for label in part.labels) + "</div>"
        case Cited():
            tag = f'<span class="c">{_e(part.tag)}</span>' if part.tag else ""
            below = f'<span class="about">{_e(part.below)}</span>' if part.below else ""
            return f"<p>{tag}{_e(part.text)} {_links(part.refs)}{below}</p>"
        case Sources():
            return "<ol>" + "".join(_source(item) for item in part.items) + "</ol>"
        case Drawing():
            title = f"<b>{_e(part.title)}</b>" if part.title else ""
            words = f"<figcaption>{_e(part.words)}</figcaption>" if part.words else ""
            return f"<figure>{title}{svg(part)}{words}</figure>"


def _links(refs: Sequence[int]) -> str:
    return " ".join(f'<a href="#e{n}">[{n}]</a>' for n in refs)


def _source(item: Source) -> str:
    link = f' <a rel="noreferrer noopener" href="{escape(item.url)}">{_e(item.url)}</a>' if web(item.url) else ""
    about = f'<span class="about">{_e(item.about)}{link}</span>'
    return f'<li id="e{item.number}">[{item.number}] <blockquote>{_e(item.quote)}</blockquote>{about}</li>'


def web(url: str) -> bool:
    """Whether an address may become a link."""
    return url.startswith(("https://", "http://")) and url.isprintable() and " " not in url


def _table(t: Table) -> str:
    look = [' class="n"' if i in t.right else "" for i in range(len(t.head))]
    head = "".join(f"<th{look[i]}>{_e(cell)}</th>" for i, cell in enumerate(t.head)) + ("<th></th>" if t.refs else "")
    strong = set(t.strong)
    rows = "".join(
        f"<tr{_STRONG if n in strong else ''}>{''.join(f'<td{look[i]}>{_e(c)}</td>' for i, c in enumerate(row))}"
        f"{f'<td>{_links(t.refs[n])}</td>' if t.refs else ''}</tr>"
        for n, row in enumerate(t.rows)
    )
    total = sum(t.widths)
    columns = "".join(f'<col style="width:{100 * w / total:.1f}%">' for w in t.widths)
    columns = f"<colgroup>{columns}</colgroup>" if columns and not t.refs else ""
    return f"<table>{columns}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _e(text: str) -> str:
    """Text as HTML; words from right to left do not turn what stands around them."""
    made = escape(visible(text)).replace("\n", "<br>")
    return f"<bdi>{made}</bdi>" if turns(text) else made
