"""Pages of places."""

from lazaretto.places.views.grid import grid, save_grid
from lazaretto.places.views.lists import export_rooms, room_list, upload_list
from lazaretto.places.views.sites import change_life, checklist, edit_site, new_site, site, sites
from lazaretto.places.views.states import cleaning, room, states, undo_step
from lazaretto.places.views.structure import create_rooms, save_floor, structure

__all__ = [
    "change_life",
    "checklist",
    "cleaning",
    "create_rooms",
    "edit_site",
    "export_rooms",
    "grid",
    "new_site",
    "room",
    "room_list",
    "save_floor",
    "save_grid",
    "site",
    "sites",
    "states",
    "structure",
    "undo_step",
    "upload_list",
]
