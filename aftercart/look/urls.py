from __future__ import annotations

from django.urls import path

from aftercart.look import views

app_name = "look"
urlpatterns = [path("<slug:surface>.css", views.stylesheet, name="stylesheet")]
