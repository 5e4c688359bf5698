"""The settings sheet, by the labels that a person sees."""

from typing import Any

from playwright.sync_api import Page, expect


class Sheet:
    """The panel of settings as a person finds it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.button = page.get_by_role("button", name="Chat settings")
        self.panel = page.get_by_role("dialog", name="Chat settings")
        self.advanced = self.panel.locator(".advanced")
        self.instructions = page.get_by_label("Instructions")
        self.temperature = page.get_by_label("Temperature")
        self.top_p = page.get_by_label("Top P")
        self.length = page.get_by_label("Maximum length")
        self.as_default = page.get_by_label("Use these settings for new chats")

    def open(self) -> "Sheet":
        """Open the sheet and its advanced settings."""
        self.button.click()
        expect(self.panel).to_be_visible()
        if not self.advanced.evaluate("details => details.open"):
            self.advanced.locator("summary").click()
        return self

    def choose(self, group: str, label: str) -> None:
        self.chosen(group, label).check()

    def chosen(self, group: str, label: str) -> Any:
        return self.panel.get_by_role("group", name=group).get_by_label(label)

    def save(self) -> None:
        """Save the field that was edited last, and close the sheet."""
        self.page.get_by_role("button", name="Save and close").click()
        expect(self.panel).to_be_hidden()


def model(page: Page) -> Any:
    return page.get_by_role("combobox", name="Model")


def thinking(page: Page) -> Any:
    return page.get_by_role("combobox", name="Thinking")
