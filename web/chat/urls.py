"""Addresses of the door."""

from django.urls import path

from web.chat.views.feedback import FeedbackView
from web.chat.views.messages import MessagesView
from web.chat.views.operation import HealthView, MetricsView, ReadinessView
from web.chat.views.page import PageView
from web.chat.views.sessions import SessionsView, SessionView

urlpatterns = [
    path("", PageView.as_view()),
    path("chat/sessions", SessionsView.as_view()),
    path("chat/session", SessionView.as_view()),
    path("chat/messages", MessagesView.as_view()),
    path("chat/feedback", FeedbackView.as_view()),
    path("healthz", HealthView.as_view()),
    path("readyz", ReadinessView.as_view()),
    path("metrics", MetricsView.as_view()),
]
