"""The room board."""

from django.urls import path

from lazaretto.stays.views import board, holds

urlpatterns = [
    path("sites/<str:code>/board", board.show, name="board"),
    path("sites/<str:code>/board/find", board.find, name="board_find"),
    path("sites/<str:code>/board/rooms/<str:number>", board.show, name="board_room"),
    path("sites/<str:code>/board/rooms/<str:number>/state", board.change_state, name="room_state"),
    path("sites/<str:code>/room-holds/<uuid:hold_id>/keep", holds.keep, name="keep_room"),
    path("sites/<str:code>/room-holds/<uuid:hold_id>/give-up", holds.free, name="give_up_room"),
]
