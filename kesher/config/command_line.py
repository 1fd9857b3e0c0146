"""`kesher WHAT …`: each word is a management command of some part, found by its name."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.config.settings")

USAGE = """kesher serve        pages, live updates, worker and clock under one parent
kesher worker       only the worker and the clock, on another machine
kesher migrate      bring the database up to this version
kesher check        say what is wrong with settings or database
kesher owner reset  a new sign-in link for an owner who lost every other way
kesher demo load    add the demo business; `demo clear` removes only that
kesher import FILE  take in customers, ties or purchases from a file, or an archive whole
kesher export FILE  write everything into an archive that comes back
kesher source list  sources that live on; `source fetch NAME` fetches one now
kesher find TEXT    find as the search box does
kesher duplicates FILE --pairs OUT  who stands twice in a file
"""


def manage(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - slow to load

    execute_from_command_line(arguments)


def main() -> None:
    words = sys.argv[1:]
    if not words or words[0] in {"help", "-h", "--help"}:
        sys.stdout.write(USAGE)
        return
    import django  # noqa: PLC0415 - slow to load
    from django.core.management import get_commands  # noqa: PLC0415

    from kesher.config.garbage import sweep_rarely  # noqa: PLC0415

    django.setup()
    sweep_rarely()
    name = words[0]
    own = f"kesher_{name}"
    # A word that Django has a command for (check) or Python forbids (import) goes by kesher_WORD.
    manage(["kesher", own if own in get_commands() else name, *words[1:]])


if __name__ == "__main__":
    main()
