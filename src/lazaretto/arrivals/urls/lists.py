"""Lists of people: upload, columns, held rows, commit."""

from django.urls import path

from lazaretto.arrivals.views import lists

ONE = "sites/<str:code>/lists/<uuid:manifest_id>"

urlpatterns = [
    path("sites/<str:code>/lists", lists.all_lists, name="lists"),
    path(ONE, lists.one_list, name="list"),
    path(f"{ONE}/columns", lists.columns, name="list_columns"),
    path(f"{ONE}/rows/<int:row_id>", lists.row, name="list_row"),
    path(f"{ONE}/commit", lists.commit, name="commit_list"),
    path(f"{ONE}/cancel", lists.cancel, name="cancel_list"),
]
