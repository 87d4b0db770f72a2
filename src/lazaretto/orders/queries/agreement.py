"""What the sources say together about people of orders."""

from lazaretto.orders import rules
from lazaretto.orders.choices import LineState
from lazaretto.orders.models import OrderPerson, SourceCheck, TransferOrder


def statement(check: SourceCheck) -> rules.Statement:
    """A check as the rules read it."""
    return rules.Statement(
        check.source, check.identity, check.address, check.identity_words or "", check.address_words or ""
    )


def agreement_of(line: OrderPerson) -> rules.Agreement:
    """What sources say of the line as it stands now; its checks may have been fetched with it."""
    checks = sorted(line.checks.all(), key=lambda check: (check.at, check.id))
    return rules.agreement(statement(check) for check in checks if check.edition == line.edition)


def unready(order: TransferOrder) -> list[OrderPerson]:
    """People who wait to go and about whom two sources do not agree; two queries."""
    waiting = order.people.filter(state=LineState.WAITING).select_related("person").prefetch_related("checks")
    return [line for line in waiting if not agreement_of(line).reached]
