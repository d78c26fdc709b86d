"""Addresses of the web side."""

from django.urls import include, path

urlpatterns = [path("", include("web.chat.urls"))]

handler400 = "web.chat.problems.bad_request"
handler403 = "web.chat.problems.forbidden"
handler404 = "web.chat.problems.not_found"
handler500 = "web.chat.problems.server_error"
