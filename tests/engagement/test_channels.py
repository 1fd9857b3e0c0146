"""Providers are known to the registry alone, and each can do what every one must."""

import ast
from pathlib import Path

import pytest

from kesher.engagement.channels import registry
from kesher.engagement.channels.email.transport import SmtpTransport
from kesher.engagement.channels.mailbox.transport import MailboxTransport
from kesher.engagement.channels.transport import Fate, Never, NotNow, Outgoing, Uncertain

KESHER = Path(registry.__file__).parents[2]
PROVIDERS = ("kesher.engagement.channels.email", "kesher.engagement.channels.mailbox")
LETTER = Outgoing("key", "<1@kesher.test>", "Carmel", "noa@example.test", "he", "Hi", "Words", "")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_only_the_registry_imports_a_provider():
    knowing = {
        path.relative_to(KESHER).as_posix()
        for path in KESHER.rglob("*.py")
        if any(name.startswith(PROVIDERS) for name in imports(path))
    }
    assert knowing == {"engagement/channels/registry.py"}


@pytest.mark.parametrize("provider", [SmtpTransport(), MailboxTransport()], ids=lambda p: p.name)
def test_every_provider_keeps_to_the_contract(provider, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 2
    settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
    assert isinstance(provider.leaves_the_house, bool)
    assert isinstance(provider.look_up(LETTER), Fate)
    try:
        assert provider.send(LETTER) is None
    except (NotNow, Never, Uncertain):
        assert provider.leaves_the_house
