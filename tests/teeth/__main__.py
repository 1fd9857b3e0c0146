"""Plant each listed fault in a copy of the sources and demand that its check turns red.

python -m tests.teeth            all faults
python -m tests.teeth WORD …     those whose name holds one of the words
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.teeth.faults import FAULTS, Fault

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds
SHARED = (".venv", "node_modules", ".build")  # big, and not planted in


def copy_of_the_sources(folder: Path) -> Path:
    """A copy of what git tracks or would track, with the built assets beside."""
    tree = folder / "kesher-with-a-fault"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    for name in SHARED:
        if (ROOT / name).exists():
            (tree / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "kesher/web/static", tree / "kesher/web/static", dirs_exist_ok=True)
    for compiled in (ROOT / "locale").rglob("*.mo"):
        shutil.copy2(compiled, tree / compiled.relative_to(ROOT))
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    subprocess.run(["git", "add", "-A", "-f", "."], cwd=tree, check=False, capture_output=True)
    return tree


def passes(tree: Path, check: tuple[str, ...]) -> bool:
    """Whether a check is green in the copy."""
    home = tree.parent / "home"
    home.mkdir(exist_ok=True)
    environ = os.environ | {"PYTHONPATH": str(tree), "KESHER_HOME": str(home)}
    program = [sys.executable, "-m", "pytest", "-qx", "-m", "", "-p", "no:cacheprovider", *check]
    if check[0] == "lint-imports":
        program = [str(ROOT / ".venv/bin/lint-imports"), "--no-cache"]
    try:
        done = subprocess.run(program, cwd=tree, env=environ, capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:  # a fault may keep its check from ever ending
        return False
    return done.returncode == 0


def bites(tree: Path, fault: Fault) -> bool:
    """Plant one fault, run its check, take the fault out again."""
    path = tree / fault.path
    sound = path.read_text() if path.exists() else None
    if fault.old and (sound is None or sound.count(fault.old) != 1):
        raise SystemExit(f"{fault.name}: its place in {fault.path} is gone; plant it anew")
    path.write_text(sound.replace(fault.old, fault.new) if fault.old else fault.new)
    try:
        return not passes(tree, fault.check)
    finally:
        path.unlink() if sound is None else path.write_text(sound)


def main(words: list[str]) -> int:
    """Report each fault as bitten or missed."""
    faults = [f for f in FAULTS if not words or any(word in f.name for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        tree = copy_of_the_sources(Path(folder))
        sound = {check: passes(tree, check) for check in {fault.check for fault in faults}}
        missed = 0
        for fault in faults:
            if not sound[fault.check]:
                verdict = "RED WITHOUT THE FAULT"
            else:
                verdict = "bitten" if bites(tree, fault) else "MISSED"
            missed += verdict != "bitten"
            print(f"{verdict:24}{fault.name}", flush=True)
    print(f"{len(faults) - missed} passed, {missed} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
