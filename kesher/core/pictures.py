"""Pictures drawn anew: without the place where they were taken, and nothing hidden behind them."""

from __future__ import annotations

import os
import re
import tempfile
import warnings
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from PIL import (  # a plugin registers what it reads when it is imported
    AvifImagePlugin,  # noqa: F401
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    ImageOps,
    ImageSequence,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from kesher.core.refusal import Refusal

MOST_PIXELS = 40_000_000
MOST_FRAMES = 300
PICTURES = {
    re.compile(rb"\xff\xd8\xff"): "image/jpeg",
    re.compile(rb"\x89PNG\r\n\x1a\n"): "image/png",
    re.compile(rb"GIF8[79]a"): "image/gif",
    re.compile(rb"RIFF....WEBP", re.DOTALL): "image/webp",
    re.compile(rb"(II\*\x00|MM\x00\*)"): "image/tiff",
    re.compile(rb"BM.{4}\x00\x00\x00\x00", re.DOTALL): "image/bmp",
    re.compile(rb".{4}ftyp(avif|avis)", re.DOTALL): "image/avif",
    re.compile(rb".{4}ftyp(heic|heix|hevc|mif1|msf1)", re.DOTALL): "image/heic",
}
READ = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
WRITTEN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JPEG": ("JPEG", "image/jpeg", {"quality": 90, "optimize": True}),
    "MPO": ("JPEG", "image/jpeg", {"quality": 90, "optimize": True}),
    "PNG": ("PNG", "image/png", {}),
    "GIF": ("GIF", "image/gif", {"save_all": True}),
    "WEBP": ("WEBP", "image/webp", {"quality": 90}),
    "TIFF": ("TIFF", "image/tiff", {"save_all": True, "compression": "tiff_lzw"}),
    "BMP": ("PNG", "image/png", {}),
    "AVIF": ("AVIF", "image/avif", {"quality": 80}),
}
SEVERAL = ("GIF", "TIFF")


class PictureUnreadable(Refusal):
    """A picture that cannot be drawn anew may hide anything."""

    message = _("This picture cannot be read. Save it as JPEG or PNG and try again.")


class PictureTooLarge(Refusal):
    """More points than are drawn anew."""

    message = _("A picture may have at most %(most)s million points. Make it smaller first.")

    def __init__(self):
        super().__init__(most=MOST_PIXELS // 1_000_000)


def clean_picture(path: Path) -> tuple[Path, str]:
    """A picture drawn anew beside the one handed in, and its type."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=READ) as picture:
                return _redrawn(picture, path.parent)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise PictureUnreadable from error
    except Image.DecompressionBombError as error:
        raise PictureTooLarge from error


def _redrawn(picture: Image.Image, folder: Path) -> tuple[Path, str]:
    frames = getattr(picture, "n_frames", 1) if picture.format in SEVERAL else 1
    if frames > MOST_FRAMES or picture.width * picture.height * frames > MOST_PIXELS:
        raise PictureTooLarge
    written, content_type, options = WRITTEN[picture.format or ""]
    drawn = [_bare(frame, written) for frame in _frames(picture, frames)]
    extra: dict[str, Any] = {"append_images": drawn[1:]} if options.get("save_all") else {}
    if written == "GIF" and frames > 1:
        extra["duration"] = picture.info.get("duration", 100)
        extra["loop"] = picture.info.get("loop", 0)
    handle, name = tempfile.mkstemp(dir=folder)
    target = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            drawn[0].save(file, format=written, **options, **extra)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return target, content_type


def _frames(picture: Image.Image, frames: int):
    if frames == 1:
        yield picture
        return
    yield from ImageSequence.Iterator(picture)


def _bare(frame: Image.Image, written: str) -> Image.Image:
    """The points alone, the right way up; whatever else travelled along is left behind."""
    if written not in SEVERAL:
        ImageOps.exif_transpose(frame, in_place=True)
        bare = frame
    else:
        bare = frame.copy()  # the next frame is read into the same place
    bare.info = {key: bare.info[key] for key in ("transparency",) if key in bare.info}
    if written == "JPEG" and bare.mode not in ("RGB", "L"):
        bare = bare.convert("RGB")
    return bare
