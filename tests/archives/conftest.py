from tests.importing.conftest import clinic, take

__all__ = ["clinic", "take"]
