from django.urls import path

from chatapp.people.views import policy, two_step

urlpatterns = [
    path("sign-in/", policy.policy, name="sign-in-policy"),
    path("<uuid:person_id>/two-step", two_step.two_step, name="people-two-step"),
]
