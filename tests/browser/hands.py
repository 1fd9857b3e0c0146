"""Hands that count: a click, a tap, a shortcut, or one field filled and confirmed is one action."""

from playwright.sync_api import Locator, Page


class Hands:
    """A person at a page, counting what she does."""

    def __init__(self, page: Page):
        self.page = page
        self.actions = 0

    def key(self, combination: str) -> None:
        """Press one shortcut."""
        self.actions += 1
        self.page.keyboard.press(combination)

    def click(self, what: Locator) -> None:
        """Click or tap one thing."""
        self.actions += 1
        what.click()

    def write(self, text: str, then: str = "Enter") -> None:
        """Type into the field that has the focus and confirm it: one entry."""
        self.actions += 1
        self.focused().wait_for()
        self.page.keyboard.type(text)
        if then:
            self.page.keyboard.press(then)

    def choose(self, what: Locator, option: str) -> None:
        """Choose one option of a list."""
        self.actions += 1
        what.select_option(option)

    def focused(self) -> Locator:
        """The field that takes what is typed."""
        return self.page.locator(
            "input:focus, textarea:focus, select:focus, [contenteditable]:focus"
        )
