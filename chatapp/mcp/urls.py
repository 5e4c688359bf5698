from django.urls import path

from chatapp.mcp import views

urlpatterns = [
    path("", views.tools, name="tools"),
    path("built-in", views.built_in, name="tools-built-in"),
    path("servers/add", views.add, name="server-add"),
    path("servers/<int:pk>/tools", views.server_tools, name="server-tools"),
    path("servers/<int:pk>/check", views.check_now, name="server-check"),
    path("servers/<int:pk>/change", views.change, name="server-change"),
    path("servers/<int:pk>/remove", views.remove, name="server-remove"),
]
