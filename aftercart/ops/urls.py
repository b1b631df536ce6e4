from __future__ import annotations

from django.urls import path

from aftercart.ops.views import concerns, inbox, lanes, notices, orders, overview, parcels, promises, start

app_name = "ops"
urlpatterns = [
    path("", start.home, name="home"),
    path("inbox/", start.section, {"name": "ops:inbox"}),
    path("concerns/", start.section, {"name": "ops:concerns"}),
    path("notices/", start.section, {"name": "ops:notices"}),
    path("unknown/", start.section, {"name": "ops:unknown"}),
    path("<slug:slug>/", overview.page, name="overview"),
    path("<slug:slug>/week/", overview.week, name="week"),
    path("<slug:slug>/inbox/", inbox.deliveries, name="inbox"),
    path("<slug:slug>/inbox/replays/", inbox.replays, name="replays"),
    path("<slug:slug>/inbox/<uuid:delivery_id>/", inbox.delivery, name="delivery"),
    path("<slug:slug>/inbox/<uuid:delivery_id>/body/", inbox.body, name="body"),
    path("<slug:slug>/inbox/<uuid:delivery_id>/replays/", inbox.replay, name="replay"),
    path("<slug:slug>/concerns/", concerns.concerns, name="concerns"),
    path("<slug:slug>/concerns/places/", concerns.places, name="places"),
    path("<slug:slug>/concerns.csv", concerns.export, name="concerns-csv"),
    path("<slug:slug>/orders/", orders.search, name="search"),
    path("<slug:slug>/orders/<uuid:order_id>/", orders.order, name="order"),
    path("<slug:slug>/lanes/", lanes.lanes, name="lanes"),
    path("<slug:slug>/lanes.csv", lanes.export, name="lanes-csv"),
    path("<slug:slug>/lanes/lane/", lanes.lane, name="lane"),
    path("<slug:slug>/promises/", promises.promises, name="promises"),
    path("<slug:slug>/promises/broken/", promises.broken, name="broken"),
    path("<slug:slug>/promises/broken.csv", promises.export, name="broken-csv"),
    path("<slug:slug>/parcels/<uuid:parcel_id>/", parcels.parcel, name="parcel"),
    path("<slug:slug>/notices/", notices.notices, name="notices"),
    path("<slug:slug>/notices.csv", notices.export, name="notices-csv"),
    path("<slug:slug>/notices/not-said/", notices.silences, name="silences"),
    path("<slug:slug>/notices/<uuid:notice_id>/", notices.notice, name="notice"),
    path("<slug:slug>/notices/<uuid:notice_id>/releases/", notices.releases, name="releases"),
    path("<slug:slug>/notices/<uuid:notice_id>/cancellations/", notices.cancellations, name="cancellations"),
    path("<slug:slug>/unknown/", inbox.unknown, name="unknown"),
]
