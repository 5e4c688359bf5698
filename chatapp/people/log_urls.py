from django.urls import path

from chatapp.people.views import log

urlpatterns = [
    path("", log.audit_log, name="audit-log"),
    path("file", log.audit_log_file, name="audit-log-file"),
]
