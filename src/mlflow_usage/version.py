"""The release of this distribution; the wheel takes its version from here."""

from typing import Final

VERSION: Final = "0.1.0"
