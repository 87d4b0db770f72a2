"""The room board."""

from django.urls import path

from lazaretto.stays.views import board

urlpatterns = [
    path("sites/<str:code>/board", board.show, name="board"),
    path("sites/<str:code>/board/find", board.find, name="board_find"),
    path("sites/<str:code>/board/rooms/<str:number>", board.show, name="board_room"),
    path("sites/<str:code>/board/rooms/<str:number>/state", board.change_state, name="room_state"),
]
