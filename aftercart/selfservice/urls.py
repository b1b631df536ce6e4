from __future__ import annotations

from django.urls import path

from aftercart.selfservice import address, asked, choosing, contacting, views

app_name = "selfservice"
urlpatterns = [
    path("<slug:brand>/", views.find, name="find"),
    path("<slug:brand>/theme.css", views.theme, name="theme"),
    path("<slug:brand>/stop/<str:token>/", views.stop, name="stop"),
    path("<slug:brand>/asked/<str:token>/", asked.asked, name="asked"),
    path("<slug:brand>/write/", contacting.write, name="write"),
    path("<slug:brand>/write/sent/", contacting.sent, name="written"),
    path("<slug:brand>/messages/<str:token>/", choosing.messages, name="messages"),
    path("<slug:brand>/<str:token>/", views.track, name="track"),
    path("<slug:brand>/<str:token>/address/", address.address, name="address"),
    path("<slug:brand>/<str:token>/address/<uuid:parcel>/", address.address, name="address"),
    path("<slug:brand>/<str:token>/write/", contacting.write, name="write"),
    path("<slug:brand>/<str:token>/write/sent/", contacting.sent, name="written"),
    path("<slug:brand>/<str:token>/link/", views.fresh_link, name="fresh_link"),
    path("<slug:brand>/<str:token>/received/", views.received, name="received"),
]
