"""Addresses of trips."""

from django.urls import path

from lazaretto.trips.views import board, fleet, plan, ride, riders, trip, urgent

app_name = "trips"
urlpatterns = [
    path("trips", board.board, name="board"),
    path("trips/all", board.listing, name="list"),
    path("trips/new", board.new, name="new"),
    path("trips/fleet", fleet.fleet, name="fleet"),
    path("trips/fleet/vehicles/new", fleet.new_vehicle, name="new_vehicle"),
    path("trips/fleet/vehicles/<uuid:vehicle_id>", fleet.vehicle, name="vehicle"),
    path("trips/fleet/vehicles/<uuid:vehicle_id>/state", fleet.vehicle_state, name="vehicle_state"),
    path("trips/fleet/drivers/new", fleet.new_driver, name="new_driver"),
    path("trips/fleet/drivers/<uuid:driver_id>/end", fleet.end_driver, name="end_driver"),
    path("trips/plan", plan.waiting, name="plan"),
    path("trips/plan/new", plan.propose, name="propose"),
    path("trips/plan/requests/<uuid:request_id>/withdraw", plan.withdraw, name="withdraw"),
    path("trips/plan/requests/<uuid:request_id>", urgent.choices, name="choices"),
    path("trips/plan/requests/<uuid:request_id>/insert", urgent.insert, name="insert"),
    path("trips/plan/<uuid:plan_id>", plan.proposal, name="proposal"),
    path("trips/plan/<uuid:plan_id>/improve", plan.improve, name="improve"),
    path("trips/plan/<uuid:plan_id>/accept", plan.accept, name="accept"),
    path("trips/<str:number>", trip.trip, name="trip"),
    path("trips/<str:number>/begin", trip.begin, name="begin"),
    path("trips/<str:number>/depart", trip.depart, name="depart"),
    path("trips/<str:number>/arrive", trip.arrive, name="arrive"),
    path("trips/<str:number>/minder", trip.minder, name="minder"),
    path("trips/<str:number>/change", trip.change, name="change"),
    path("trips/<str:number>/allow", trip.allow, name="allow"),
    path("trips/<str:number>/link", trip.link, name="link"),
    path("trips/<str:number>/riders", riders.riders, name="riders"),
    path("trips/<str:number>/riders/add", riders.add, name="add_rider"),
    path("trips/<str:number>/riders/remove", riders.remove, name="remove_rider"),
    path("trips/<str:number>/list.pdf", trip.paper, name="paper"),
    path("ride/worker.js", ride.worker, name="worker"),
    path("ride/<str:number>", ride.own, name="ride"),
    path("ride/<str:number>/scans", ride.own_scans, name="ride_scans"),
    path("ride/<str:number>/<str:secret>", ride.linked, name="ride_link"),
    path("ride/<str:number>/<str:secret>/scans", ride.linked_scans, name="ride_link_scans"),
]
