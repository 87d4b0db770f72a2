"""The headquarters app."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class HeadquartersConfig(AppConfig):
    """Pages that look across apps."""

    name = "lazaretto.headquarters"
    label = "headquarters"

    def ready(self) -> None:
        """Add the entries of the sidebar."""
        from lazaretto.ui.nav import NavItem, register  # noqa: PLC0415 - the registry is filled when apps are ready

        where = "headquarters"
        register(
            NavItem(key="overview", label=_("Overview"), icon="layout-dashboard", url=f"{where}:overview", order=10,
                    visible=_sees_several_sites),
            NavItem(key="alarms", label=_("Alarms"), icon="bell", url=f"{where}:alarms", order=35,
                    visible=_reads_alarms, count=_unowned),
            NavItem(key="deadlines", label=_("Falling due"), icon="clock-exclamation", url=f"{where}:deadlines",
                    order=36, visible=_reads_alarms),
        )  # fmt: skip


def _sees_several_sites(request: HttpRequest) -> bool:
    """Who works at one site has its board."""
    from lazaretto.accounts.doors import actor_of  # noqa: PLC0415 - models are ready only now
    from lazaretto.places.queries import sites  # noqa: PLC0415

    if not request.user.is_authenticated:
        return False
    actor = actor_of(request)
    return actor.everywhere() or sites(actor).order_by()[:2].count() > 1


def _reads_alarms(request: HttpRequest) -> bool:
    from lazaretto.accounts.doors import actor_of  # noqa: PLC0415 - models are ready only now

    return request.user.is_authenticated and actor_of(request).may("alarms.read")


def _unowned(request: HttpRequest) -> int:
    from lazaretto.accounts.doors import actor_of  # noqa: PLC0415 - models are ready only now
    from lazaretto.headquarters.queries.watch import count_unowned  # noqa: PLC0415

    return count_unowned(actor_of(request))
