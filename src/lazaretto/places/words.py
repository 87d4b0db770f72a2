"""What the commands of places are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "places.activate_site": _("site opened for arrivals"),
        "places.add_building": _("building added"),
        "places.add_zone": _("zone added"),
        "places.answer_checklist": _("checklist answered"),
        "places.apply_room_list": _("room list taken over"),
        "places.change_category": _("category of the site changed"),
        "places.change_room_state": _("state of a room changed"),
        "places.change_room_states": _("states of rooms changed"),
        "places.change_site": _("site corrected"),
        "places.close_site": _("site closed"),
        "places.create_rooms": _("rooms made"),
        "places.open_site": _("site planned"),
        "places.pause_site": _("site paused"),
        "places.remove_rooms": _("rooms removed"),
        "places.save_floor": _("floor saved"),
        "places.save_rooms": _("rooms saved"),
        "places.stage_room_list": _("room list uploaded"),
    }
)
