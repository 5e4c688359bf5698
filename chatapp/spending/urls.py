from django.urls import path

from chatapp.spending.views import everybody, own

urlpatterns = [
    path("", own.usage, name="usage"),
    path("calls.csv", own.calls, name="usage-calls"),
    path("cap", own.cap, name="usage-cap"),
    path("everybody/", everybody.usage, name="usage-everybody"),
    path("everybody/calls.csv", everybody.calls, name="usage-everybody-calls"),
    path("everybody/caps", everybody.caps, name="usage-caps"),
]
