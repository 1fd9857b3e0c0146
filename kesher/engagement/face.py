"""How a message looks: plain text for any reader, HTML with the logo and colours of the business.

The logo travels with the message, for readers of mail load no picture from elsewhere.
"""

from __future__ import annotations

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kesher.organization.models import Business

RIGHT_TO_LEFT = frozenset({"he", "ar", "fa"})
COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
OURS = "#005c8f"
LOGO = re.compile(r"cid:([0-9a-f]{40})@logo")  # so much of its digest fits into one line
LARGEST_LOGO = 200_000  # bytes; with more, the name stands alone
FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif"


def plain(body: str, button: str, link: str) -> str:
    """The text part: paragraphs, then the address on a line of its own."""
    return body if not link else f"{body}\n\n{button}:\n{link}"


def html(
    *, business: Business, language: str, subject: str, body: str, button: str = "", link: str = ""
) -> str:
    """The HTML part. Direction and language stand inline: mail readers drop what is in the head."""
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    start = "right" if direction == "rtl" else "left"
    colour = business.brand_colour if COLOUR.match(business.brand_colour or "") else OURS
    paragraphs = format_html_join(
        "",
        '<p dir="{}" style="margin:0 0 16px;text-align:{}">{}</p>',
        ((direction, start, _lines(part)) for part in body.split("\n\n") if part.strip()),
    )
    return format_html(
        '<!doctype html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>{subject}</title></head>'
        '<body style="margin:0;padding:0;background:#f6f5f1"><div lang="{lang}" dir="{dir}" '
        'style="max-width:560px;margin:0 auto;padding:24px 16px;font:16px/1.5 {font};'
        'color:#1f2328;text-align:{start}"><p style="margin:0 0 16px;padding:0 0 12px;'
        'border-bottom:3px solid {colour};font-weight:600;font-size:18px;text-align:{start}">'
        "{logo}<bdi>{name}</bdi></p>{paragraphs}{button}</div></body></html>",
        lang=language, dir=direction, subject=subject, font=FONT, start=start, colour=colour,
        name=business.name, logo=_logo(business), paragraphs=paragraphs,
        button=_button(button, link, colour, start) if link else "",
    )  # fmt: skip


def logo_in(html: str) -> str:
    """How the digest of the picture begins that a message shows; empty where it shows none."""
    found = LOGO.search(html)
    return found[1] if found else ""


def _logo(business: Business) -> SafeString:
    held = business.logo
    if held is None or held.size > LARGEST_LOGO:
        return SafeString("")
    return format_html(
        '<img src="cid:{}@logo" alt="" height="36" style="height:36px;vertical-align:middle;'
        'margin-inline-end:10px">',
        held.digest[:40],
    )


def _lines(paragraph: str) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in paragraph.split("\n")))


def _button(label: str, link: str, colour: str, start: str) -> SafeString:
    return format_html(
        '<p style="margin:24px 0;text-align:{}"><a href="{}" style="display:inline-block;'
        "padding:12px 20px;border-radius:6px;background:{};color:#ffffff;text-decoration:none;"
        'font-weight:600">{}</a></p><p dir="ltr" style="margin:0;font-size:13px;color:#57606a;'
        'text-align:{};word-break:break-all">{}</p>',
        start, link, colour, label, start, link,
    )  # fmt: skip
