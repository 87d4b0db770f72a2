"""Addresses of orders."""

from django.urls import path

from lazaretto.orders.views import exceptions, orders, writing

app_name = "orders"
urlpatterns = [
    path("transfer-orders", orders.listing, name="orders"),
    path("transfer-orders/new", writing.new, name="new"),
    path("transfer-orders/<str:number>", orders.one, name="order"),
    path("transfer-orders/<str:number>/paper", orders.paper, name="paper"),
    path("transfer-orders/<str:number>/issue", orders.issue, name="issue"),
    path("transfer-orders/<str:number>/renew", orders.renew, name="renew"),
    path("transfer-orders/<str:number>/withdraw", orders.withdraw, name="withdraw"),
    path("transfer-orders/<str:number>/discard", orders.discard, name="discard"),
    path("transfer-orders/<str:number>/override", orders.override, name="override"),
    path("transfer-orders/<str:number>/check", orders.check, name="check"),
    path("transfer-orders/<str:number>/address", orders.correct, name="correct"),
    path("transfer-orders/<str:number>/strike", orders.strike, name="strike"),
    path("exceptions", exceptions.listing, name="exceptions"),
    path("exceptions/<str:number>", exceptions.one, name="exception"),
    path("exceptions/<str:number>/decide", exceptions.decide, name="decide"),
    path("exceptions/<str:number>/withdraw", exceptions.withdraw, name="withdraw_exception"),
]
