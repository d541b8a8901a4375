"""Store of area packs: a summary of each version that the program has opened, for comparison with newer ones.

The summary (:mod:`analysis.trends.pack_summary`) is written once for each digest and never changed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from analysis.trends.pack_summary import PackSummary, from_json, to_json
from geo.errors import UnknownNameError
from store.kept import Kept
from store.tables import PackRow
from store.transaction import as_utc, transaction
from store.words import tidy

_NAME_LENGTH = 200


@dataclass(frozen=True)
class MetPack:
    """A version of an area's data that the program has opened, with who opened it first and when (UTC)."""

    area: str
    digest: str
    met_by: str
    met_at: datetime


class PackStore(Kept):
    """Summaries of opened packs in a database; safe to share between threads."""

    def meet(self, summary: PackSummary, who: str) -> MetPack:
        """Record that a pack was opened; an earlier record of the same pack stays unchanged.

        Raises
        ------
        StoreError
            When the database fails.
        """
        key = (summary.area, summary.digest)
        try:
            with transaction(self._engine) as session:
                row = session.get(PackRow, key)
                if row is None:
                    row = PackRow(
                        area=summary.area,
                        digest=summary.digest,
                        body=to_json(summary),
                        met_by=tidy(who, _NAME_LENGTH),
                        met_at=datetime.now(UTC),
                    )
                    session.add(row)
                    session.flush()
                return _read(row)
        except IntegrityError:
            # Another person's record was written between the read and the write: keep that one.
            with transaction(self._engine) as session:
                return _read(session.get_one(PackRow, key))

    def list(self, area: str) -> list[MetPack]:
        """Return the packs of an area, the last recorded first; `StoreError` when the database fails."""
        columns = (PackRow.area, PackRow.digest, PackRow.met_by, PackRow.met_at)
        query = select(*columns).where(PackRow.area == area).order_by(PackRow.met_at.desc(), PackRow.digest)
        with transaction(self._engine) as session:
            return [MetPack(*row[:3], as_utc(row[3])) for row in session.execute(query)]

    def summary(self, area: str, digest: str) -> PackSummary:
        """Return the summary of a pack.

        Raises
        ------
        UnknownNameError
            When there is no record of such a pack.
        InputError
            When another version of this program wrote it in a form that this one cannot read.
        StoreError
            When the database fails.
        """
        with transaction(self._engine) as session:
            row = session.get(PackRow, (area, digest))
            body = None if row is None else row.body
        if body is None:
            raise UnknownNameError("earlier pack", digest[:100], [met.digest for met in self.list(area)])
        return from_json(body)


def _read(row: PackRow) -> MetPack:
    return MetPack(row.area, row.digest, row.met_by, as_utc(row.met_at))
