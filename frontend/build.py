"""Builds what the browser loads: one stylesheet, one script, one sprite of icons, the marks.

    python frontend/build.py            build into kesher/web/static/kesher
    python frontend/build.py --check    also fail on unknown icons and on overweight

Everything comes from this folder and from node_modules; nothing built is kept in the repository.
"""

import argparse
import gzip
import json
import platform
import re
import subprocess
import sys
from pathlib import Path

from marks import write_marks

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OUT = ROOT / "kesher" / "web" / "static" / "kesher"
MODULES = ROOT / "node_modules"
HTMX = MODULES / "htmx.org" / "dist" / "htmx.min.js"

# gzip bytes. The script's limit is for our own part; htmx is weighed apart.
LIMITS = {"app.css": 18_000, "icons.svg": 6_000, "own script": 13_000, "htmx": 17_500}

ICON_USES = (
    re.compile(r"""\{%\s*(?:icon|empty)\s+["']([a-z0-9-]+)["']"""),
    re.compile(r"""\bicon\s*[=:]\s*["']([a-z0-9-]+)["']"""),
    re.compile(r"""["']icon["']\s*:\s*["']([a-z0-9-]+)["']"""),
    re.compile(r"""icons\.svg#([a-z0-9-]+)"""),
)


def esbuild() -> Path:
    """The native program if it is there: it starts in milliseconds and needs no Node."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
    kind = f"{sys.platform}-{machine.get(platform.machine().lower(), platform.machine())}"
    native = MODULES / "@esbuild" / kind / "bin" / "esbuild"
    return native if native.exists() else MODULES / ".bin" / "esbuild"


def bundle(entry: Path, *options: str) -> bytes:
    """One minified file of an entry and all that it imports."""
    command = [str(esbuild()), str(entry), "--bundle", "--minify", "--charset=utf8", *options]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.stderr.decode())
    return done.stdout


def own_script() -> bytes:
    shim = f"--alias:htmx.org={HERE / 'js/htmx.js'}"
    return bundle(HERE / "app.js", "--format=iife", "--target=es2022", shim)


def script() -> bytes:
    """htmx as its makers shrank it, then our part, which finds it as window.htmx: one request."""
    return HTMX.read_bytes().rstrip() + b"\n" + own_script()


def icon_names() -> list[str]:
    lines = (HERE / "icons.txt").read_text("utf-8").split("\n")
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def symbol(name: str) -> str:
    """One icon as a symbol whose strokes are joined into a single path; CSS paints it."""
    path = MODULES / "@tabler/icons/icons/outline" / f"{name}.svg"
    if not path.exists():
        sys.exit(f"frontend/icons.txt names {name}, which Tabler does not have (or run npm ci)")
    source = path.read_text("utf-8")
    strokes = re.findall(r'<path d="([^"]+)"', source)
    joined = "".join(strokes).replace(" -", "-").replace("l0 0", "")
    return f'<symbol id="{name}" viewBox="0 0 24 24"><path d="{joined}"/></symbol>'


def sprite() -> bytes:
    symbols = "".join(symbol(name) for name in icon_names())
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'.encode()


def icons_in_use() -> dict[str, Path]:
    """Every icon named literally in a template, a page's code or a script, with one place."""
    found: dict[str, Path] = {}
    places = [*ROOT.glob("kesher/**/*.html"), *ROOT.glob("kesher/**/*.py"), *HERE.glob("js/*.js")]
    for place in places:
        text = place.read_text("utf-8")
        for pattern in ICON_USES:
            found |= dict.fromkeys(pattern.findall(text), place)
    return found


def unknown_icons() -> list[str]:
    known = set(icon_names())
    used = icons_in_use().items()
    return [f"{path.relative_to(ROOT)}: icon {name}" for name, path in used if name not in known]


def weights() -> dict[str, int]:
    contents = {
        "app.css": (OUT / "app.css").read_bytes(),
        "icons.svg": (OUT / "icons.svg").read_bytes(),
        "own script": own_script(),
        "htmx": HTMX.read_bytes(),
    }
    return {name: len(gzip.compress(content, 9)) for name, content in contents.items()}


def put(name: str, content: bytes) -> None:
    """Write only what differs, so that a second build touches nothing."""
    path = OUT / name
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def build() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    put("app.css", bundle(HERE / "app.css"))
    put("app.js", script())
    put("icons.svg", sprite())
    write_marks(put)
    manifest = json.loads((HERE / "kesher.webmanifest").read_text("utf-8"))
    put("kesher.webmanifest", json.dumps(manifest, separators=(",", ":")).encode())


def check() -> list[str]:
    heavy = [
        f"{name} weighs {weight} bytes in gzip, {LIMITS[name]} allowed"
        for name, weight in weights().items()
        if weight > LIMITS[name]
    ]
    return unknown_icons() + heavy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="fail on unknown icons and overweight")
    options = parser.parse_args()
    build()
    if options.check:
        faults = check()
        print("\n".join([f"{name}: {weight}" for name, weight in weights().items()] + faults))
        sys.exit(bool(faults))


if __name__ == "__main__":
    main()
