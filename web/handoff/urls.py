"""Addresses of the handoff."""

from django.urls import path

from web.handoff.views.alerts import AlertsView
from web.handoff.views.queue import CallBackView, QueueView
from web.handoff.views.request import CallBackRequestView

app_name = "handoff"
urlpatterns = [
    path("chat/callbacks", CallBackRequestView.as_view()),
    path("staff/callbacks/", QueueView.as_view(), name="call-backs"),
    path("staff/callbacks/<uuid:pk>/", CallBackView.as_view(), name="call-back"),
    path("staff/alerts/", AlertsView.as_view(), name="alerts"),
]
