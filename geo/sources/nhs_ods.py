"""NHS organisations: GP practices, branch surgeries, clinics, pharmacies and dentists.

Publisher: NHS England (formerly NHS Digital), Organisation Data Service, under the Open Government Licence v3: the
files epraccur (prescribing cost centres, among them all GP practices), ebranchs (branch surgeries), edispensary
(dispensaries) and egdpprac (dental practices). All have one layout, as the service describes its data files: 27
columns without a header row. These are used: 1 organisation code, 2 name, 5 to 9 address, 10 postcode, 12 close
date, 13 status (A active, C closed, D dormant, P proposed), 14 sub-type and, only in epraccur, 26 prescribing
setting (4 GP practice, 9 community health service …).

None of the files has positions: the builder gives each row the position of its postcode.
"""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import read_table, text
from geo.sources.names import POSTCODE, postcode_or_blank, tidy_address, tidy_name
from geo.sources.services import service_frame

COLUMNS = tuple(
    {
        1: "code",
        2: "name",
        10: "postcode",
        12: "close_date",
        13: "status",
        14: "sub_type",
        26: "prescribing_setting",
    }.get(number, f"address_{number - 4}" if 5 <= number <= 9 else f"column_{number}")
    for number in range(1, 28)
)
_ADDRESS = [f"address_{line}" for line in range(1, 6)]

_SCHEMA = pa.DataFrameSchema(
    {
        "code": text("[A-Z0-9]{3,10}", reason="is not an organisation code", unique=True),
        "name": text(),
        **{column: text(blank=True) for column in _ADDRESS},
        "postcode": text(POSTCODE, reason="is not a postcode"),
        "close_date": text("[0-9]{8}", reason="is not a date written YYYYMMDD", blank=True),
        "status": text(one_of=["", "A", "C", "D", "P"], blank=True),
        "sub_type": text(blank=True),
        "prescribing_setting": text("[0-9]{1,2}", reason="is not a prescribing setting", blank=True),
    }
)

# A special allocation scheme looks after patients barred from other practices. It is listed as a GP practice at its
# contractor's office, where nobody can be seen.
_NOT_A_PRACTICE = r"^SAS\b|SPECIAL ALLOCATION"
# Setting 9 also lists cost centres for prescribers who have no clinic, and services that are not for families.
_NOT_A_CLINIC = r"\bNMP\b|PRESCRIBING|PALLIATIVE|HOSPICE|TREATMENT AND RECOVERY|\bCDAS\b|DRUG|ALCOHOL"

_PHARMACY_CATEGORIES = {"1": "pharmacy", "2": "appliance_contractor"}
_PHARMACY_SUBTYPES = {"1": "community pharmacy", "2": "appliance contractor"}


def read_gp_practices(
    path: Path, *, source: str, vintage: str, category: str = "gp_practice", status: str = "open"
) -> pd.DataFrame:
    """Read the GP practices open to the public from an epraccur file.

    A row counts that is active and has prescribing setting 4, unless it is a special allocation scheme (see the
    module's comment).

    Parameters
    ----------
    path
        An epraccur file.
    source, vintage
        Source key and edition.
    category, status
        For an older edition, such as ``"gp_practice_before"`` and ``"past"``. Practices keep their code from year to
        year, so ids of a past edition begin with ``ods2019-`` instead of ``ods-``.

    Returns
    -------
    pandas.DataFrame
        A service frame without positions; subtype ``GP practice``.

    Raises
    ------
    SourceError
        The file is not in this form; names line, column and value.
    """
    table = _read_ods(path)
    chosen = table[_active(table, "4") & ~table["name"].str.contains(_NOT_A_PRACTICE)]
    return _services(chosen, category, "GP practice", status, source=source, vintage=vintage)


def read_health_clinics(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the community health clinics that families use from an epraccur file.

    A row counts that is active and has prescribing setting 9, unless its name says that it is a cost centre without a
    clinic (non-medical prescribing) or a service not meant for families (palliative care, drug and alcohol
    treatment). Parameters, frame and errors are those of `read_gp_practices`; category ``health_clinic``.
    """
    table = _read_ods(path)
    chosen = table[_active(table, "9") & ~table["name"].str.contains(_NOT_A_CLINIC)]
    return _services(chosen, "health_clinic", "community health service", "open", source=source, vintage=vintage)


def read_gp_branches(
    path: Path, *, source: str, vintage: str, category: str = "gp_branch_before", status: str = "past"
) -> pd.DataFrame:
    """Read the branch surgeries from an ebranchs file.

    The file has no status: a branch counts that has no close date. Parameters, frame and errors are those of
    `read_gp_practices`; subtype ``branch surgery``.
    """
    table = _read_ods(path)
    chosen = table[table["close_date"] == ""]
    return _services(chosen, category, "branch surgery", status, source=source, vintage=vintage)


def read_pharmacies(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the active pharmacies from an edispensary file.

    Parameters and errors are those of `read_gp_practices`.

    Returns
    -------
    pandas.DataFrame
        A service frame without positions: category ``pharmacy`` (sub-type 1) or, for sub-type 2, which delivers
        dressings and stoma goods and has no counter for families, ``appliance_contractor``.
    """
    table = _read_ods(path)
    chosen = table[(table["status"] == "A") & table["sub_type"].isin(list(_PHARMACY_CATEGORIES))]
    return _services(
        chosen,
        chosen["sub_type"].map(_PHARMACY_CATEGORIES),
        chosen["sub_type"].map(_PHARMACY_SUBTYPES),
        "open",
        source=source,
        vintage=vintage,
    )


def read_dentists(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the active dental practices from an egdpprac file.

    Parameters, frame and errors are those of `read_gp_practices`; category ``dentist``.
    """
    table = _read_ods(path)
    chosen = table[table["status"] == "A"]
    return _services(chosen, "dentist", "dental practice", "open", source=source, vintage=vintage)


def _read_ods(path: Path) -> pd.DataFrame:
    return read_table(path, _SCHEMA, columns=COLUMNS)


def _active(table: pd.DataFrame, setting: str) -> "pd.Series[bool]":
    return (table["status"] == "A") & (table["prescribing_setting"] == setting)


def _services(
    rows: pd.DataFrame,
    category: "str | pd.Series[str]",
    subtype: "str | pd.Series[str]",
    status: str,
    *,
    source: str,
    vintage: str,
) -> pd.DataFrame:
    edition = vintage[:4] if status == "past" else ""
    columns = {
        "id": f"ods{edition}-" + rows["code"],
        "category": category,
        "subtype": subtype,
        "name": [_name(name, line) for name, line in zip(rows["name"], rows["address_1"], strict=True)],
        "address": [
            tidy_address(lines, leave_out=tidy_name(name))
            for name, *lines in rows[["name", *_ADDRESS]].itertuples(index=False)
        ],
        "postcode": rows["postcode"].map(postcode_or_blank),
        "status": status,
    }
    return service_frame(columns, source=source, vintage=vintage, rows_read=rows.attrs["rows_read"])


def _name(name: str, first_line: str) -> str:
    """Tidy the name; where a dentist is listed only by a house number, add the street."""
    return tidy_name(name if any(letter.isalpha() for letter in name) else f"{name} {first_line}")
