"""The files of a project for a template, which has the project and the request."""

from django import template
from django.template import RequestContext

from chatapp.projects.file_listing import Listing, listing_of
from chatapp.projects.models import Project

register = template.Library()


@register.simple_tag(takes_context=True)
def project_files(context: RequestContext, project: Project) -> Listing:
    """Return what `projects/_files.html` shows. Reads the database."""
    return listing_of(project, context["request"].user)
