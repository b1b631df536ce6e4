from __future__ import annotations

from django.urls import path

from aftercart.ops.views import concerns, disruptions, inbox, notices, orders, overview, start

app_name = "ops"
urlpatterns = [
    path("", start.home, name="home"),
    path("inbox/", start.section, {"name": "ops:inbox"}),
    path("concerns/", start.section, {"name": "ops:concerns"}),
    path("disruptions/", start.section, {"name": "ops:disruptions"}),
    path("notices/", start.section, {"name": "ops:notices"}),
    path("unknown/", start.section, {"name": "ops:unknown"}),
    path("<slug:slug>/", overview.page, name="overview"),
    path("<slug:slug>/inbox/", inbox.deliveries, name="inbox"),
    path("<slug:slug>/inbox/replays/", inbox.replays, name="replays"),
    path("<slug:slug>/inbox/<uuid:delivery_id>/", inbox.delivery, name="delivery"),
    path("<slug:slug>/inbox/<uuid:delivery_id>/body/", inbox.body, name="body"),
    path("<slug:slug>/inbox/<uuid:delivery_id>/replays/", inbox.replay, name="replay"),
    path("<slug:slug>/concerns/", concerns.concerns, name="concerns"),
    path("<slug:slug>/concerns/places/", concerns.places, name="places"),
    path("<slug:slug>/concerns.csv", concerns.export, name="concerns-csv"),
    path("<slug:slug>/disruptions/", disruptions.disruptions, name="disruptions"),
    path("<slug:slug>/disruptions.csv", disruptions.export, name="disruptions-csv"),
    path("<slug:slug>/disruptions/<uuid:disruption_id>/", disruptions.disruption, name="disruption"),
    path("<slug:slug>/orders/", orders.search, name="search"),
    path("<slug:slug>/orders/<uuid:order_id>/", orders.order, name="order"),
    path("<slug:slug>/notices/", notices.notices, name="notices"),
    path("<slug:slug>/notices.csv", notices.export, name="notices-csv"),
    path("<slug:slug>/notices/not-said/", notices.silences, name="silences"),
    path("<slug:slug>/notices/<uuid:notice_id>/", notices.notice, name="notice"),
    path("<slug:slug>/notices/<uuid:notice_id>/releases/", notices.releases, name="releases"),
    path("<slug:slug>/notices/<uuid:notice_id>/cancellations/", notices.cancellations, name="cancellations"),
    path("<slug:slug>/unknown/", inbox.unknown, name="unknown"),
]
