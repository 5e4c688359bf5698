"""A project of the owner, and a guest."""

import pytest

from chatapp.accounts.models import Person
from chatapp.projects.models import Project
from tests.projects.kit import project_of
from tests.support.roles import person_of


@pytest.fixture
def project(owner: Person) -> Project:
    return project_of(owner)


@pytest.fixture
def guest(db: None) -> Person:
    return person_of("guest")
