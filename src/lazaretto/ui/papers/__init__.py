"""Printed papers: each a frozen dataclass of plain values; `render(paper)` makes the PDF.

Callers mask names and documents, translate what is theirs (categories, needs) into the paper's language and pass times
with their zone; a paper knows no models and asks no clock.
"""

from lazaretto.ui.papers.compiler import Paper, PaperWarning, render, render_png
from lazaretto.ui.papers.house import (
    DoorCard,
    DoorCards,
    ExitBuilding,
    ExitFloor,
    ExitPerson,
    ExitRegister,
    ExitRoom,
    GuestCard,
    GuestCards,
    RoomLine,
    RoomList,
    SamplingLine,
    SamplingList,
)
from lazaretto.ui.papers.letters import CorrectionNotice, ObjectionReply, ObservationNotice
from lazaretto.ui.papers.official import (
    ExtensionNotice,
    IsolationOrder,
    ReleaseCertificate,
    ReleaseCertificates,
    TestLine,
)
from lazaretto.ui.papers.transfer import TransferLine, TransferOrder

__all__ = [
    "CorrectionNotice",
    "DoorCard",
    "DoorCards",
    "ExitBuilding",
    "ExitFloor",
    "ExitPerson",
    "ExitRegister",
    "ExitRoom",
    "ExtensionNotice",
    "GuestCard",
    "GuestCards",
    "IsolationOrder",
    "ObjectionReply",
    "ObservationNotice",
    "Paper",
    "PaperWarning",
    "ReleaseCertificate",
    "ReleaseCertificates",
    "RoomLine",
    "RoomList",
    "SamplingLine",
    "SamplingList",
    "TestLine",
    "TransferLine",
    "TransferOrder",
    "render",
    "render_png",
]
