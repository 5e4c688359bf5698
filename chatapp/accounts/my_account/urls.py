from django.urls import path

from chatapp.accounts.my_account import email_views, session_views, views

urlpatterns = [
    path("", views.account, name="account"),
    path("name", views.name, name="account-name"),
    path("email", email_views.email, name="account-email"),
    path("email/<str:token>/", email_views.confirmation, name="email-confirmation"),
    path("time-zone", views.time_zone, name="account-time-zone"),
    path("instructions", views.personal_instructions, name="personal-instructions"),
    path("sessions/removal", session_views.end_others, name="other-sessions-removal"),
    path("sessions/<uuid:sign_in>/removal", session_views.end, name="session-removal"),
]
