"""Reading of arrival manifests as offices really send them. Pure: no database, no clock, no Django.

`read_manifest` takes the sheets of `core.tables` and gives every line an outcome: `ready`, `held` (a person must
decide, the reason is named) or `skipped` (only lines that are no person: blank, title, header, total, note).
"""

from lazaretto.arrivals.manifest.corrections import read_corrected
from lazaretto.arrivals.manifest.fields import REPEATABLE, Field
from lazaretto.arrivals.manifest.model import (
    HOLDS,
    Column,
    Declared,
    Document,
    FileIssue,
    Issue,
    Line,
    LineKind,
    Manifest,
    Mend,
    Need,
    Outcome,
    Person,
    Severity,
    SheetReport,
    Table,
)
from lazaretto.arrivals.manifest.read import read_manifest

__all__ = [
    "HOLDS",
    "REPEATABLE",
    "Column",
    "Declared",
    "Document",
    "Field",
    "FileIssue",
    "Issue",
    "Line",
    "LineKind",
    "Manifest",
    "Mend",
    "Need",
    "Outcome",
    "Person",
    "Severity",
    "SheetReport",
    "Table",
    "read_corrected",
    "read_manifest",
]
