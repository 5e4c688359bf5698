from django.urls import include, path

from chatapp.people.views import person

urlpatterns = [
    path("<uuid:person_id>/", person.person, name="person"),
    path("", include("chatapp.people.action_urls")),
]
