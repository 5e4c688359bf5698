from django.urls import path

from chatapp.search import views

urlpatterns = [
    path("", views.results, name="search"),
    path("palette", views.palette, name="search-palette"),
]
