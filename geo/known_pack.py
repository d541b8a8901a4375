"""The name of a pack as it was when it was opened: small enough to be sent to another process, which opens it there."""

from dataclasses import dataclass
from pathlib import Path

from geo.errors import PackError
from geo.pack import AreaPack
from geo.packs import open_pack, packs_folder


@dataclass(frozen=True)
class KnownPack:
    """Which pack, and in which state.

    Attributes
    ----------
    code, digest
        Name of its folder, and its checksum.
    root
        Folder of the packs.
    """

    code: str
    digest: str
    root: Path

    @classmethod
    def of(cls, pack: AreaPack) -> "KnownPack":
        """Name an opened pack of the usual folder."""
        return cls(pack.code, pack.digest, packs_folder())

    def open(self) -> AreaPack:
        """Open it.

        Raises
        ------
        PackError
            When it was built again since; and as for :func:`geo.packs.open_pack`.
        """
        pack = open_pack(self.code, self.root)
        if pack.digest != self.digest:
            raise PackError(f"the data of {pack.name} were built again since this page was opened: load the page again")
        return pack
