"""Two packs laid side by side, fact by fact."""

from dataclasses import dataclass

from lazaretto.protocols.rules import Pack
from lazaretto.protocols.wording import Section, sections_of

# What is said about a rule rather than by it: no difference that anybody has to act on.
REMARKS = (".clause", ".confidence")


@dataclass(frozen=True)
class Row:
    """One fact in both packs; empty where a pack does not say it."""

    label: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Whether the two say different things."""
        return self.left != self.right


@dataclass(frozen=True)
class Comparison:
    """One section in both packs."""

    title: str
    rows: tuple[Row, ...]

    @property
    def differences(self) -> int:
        """How many facts differ."""
        return sum(row.differs for row in self.rows)


def compare(left: Pack, right: Pack) -> tuple[Comparison, ...]:
    """Section by section, in the order in which a pack is told."""
    others = {section.key: section for section in sections_of(right)}
    return tuple(_section(section, others[section.key]) for section in sections_of(left))


def _section(left: Section, right: Section) -> Comparison:
    labels = {fact.key: fact.label for fact in (*left.facts, *right.facts)}
    labels = {key: label for key, label in labels.items() if not key.endswith(REMARKS)}
    one = {fact.key: fact.value for fact in left.facts}
    other = {fact.key: fact.value for fact in right.facts}
    return Comparison(left.title, tuple(Row(labels[key], one.get(key, ""), other.get(key, "")) for key in labels))
