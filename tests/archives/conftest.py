from tests.importing.conftest import take

__all__ = ["take"]
