"""Saved prompts of the owner and of the site, in the app of the browser tests."""

import uuid

from playwright.sync_api import Locator, Page

from tests.system.app import App

ADD = """
    INSERT INTO prompts_savedprompt (id, owner_id, name, description, text, updated_at)
    SELECT :id, CASE WHEN :is_own THEN id END, :name, :description, :text, '2026-01-01 00:00:00'
    FROM accounts_person WHERE is_owner
"""
FILL = """
    WITH RECURSIVE numbers(number) AS
        (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < :count)
    INSERT INTO prompts_savedprompt (id, owner_id, name, description, text, updated_at)
    SELECT lower(hex(randomblob(16))), CASE WHEN :is_own THEN id END, 'prompt-' || number,
        'Some words about it', 'x', '2026-01-01 00:00:00'
    FROM numbers, accounts_person WHERE is_owner
"""
TRANSLATE = "Translate to {{language=English}}:\n\n{{text}}"


def add_prompt(
    app: App, name: str, text: str, description: str = "", *, is_own: bool = True
) -> None:
    values = {"name": name, "text": text, "description": description, "is_own": is_own}
    app.execute(ADD, id=uuid.uuid4().hex, **values)


def fill(app: App, count: int) -> None:
    """Add so many prompts for the owner, and as many for the site."""
    app.execute(FILL, count=count, is_own=True)
    app.execute(FILL, count=count, is_own=False)


def add_prompts(app: App) -> None:
    forget_prompts(app)
    add_prompt(app, "translate", TRANSLATE, "To another language")
    add_prompt(app, "trip-plan", "Plan a trip. <b>Ask me</b> where to first.")
    add_prompt(app, "weekly-report", "Sum up my week.", "From notes", is_own=False)


def forget_prompts(app: App) -> None:
    app.execute("DELETE FROM prompts_savedprompt")


class Picker:
    """The list that a slash opens, and the form of variables."""

    def __init__(self, page: Page) -> None:
        self.list = page.get_by_role("listbox", name="Prompts")
        self.options = self.list.get_by_role("option")
        self.form = page.locator(".prompt-dialog")

    def field(self, name: str) -> Locator:
        return self.form.get_by_label(name)
