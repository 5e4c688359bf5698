"""Settings for `manage.py lintmigrations` alone: the linter is no part of the app."""

from chatapp.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]  # noqa: F405

# `ignore_name` lists migrations that may take something away; docs/releases.md says when.
# No release had budgets.
MIGRATION_LINTER_OPTIONS = {"no_cache": True, "ignore_name": ["0004_budgets_are_kept_sums"]}
