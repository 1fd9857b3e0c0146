"""Hands that count: a click, a tap, a shortcut, or one field filled and confirmed is one action."""

from playwright.sync_api import FilePayload, Locator, Page

FAR = 80
# What has the focus, if it does not show it: no ring around it, or something lies over it.
STOP = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return "";
  const { outlineStyle, boxShadow } = getComputedStyle(node);
  const { x, y, width, height } = node.getBoundingClientRect();
  const over = document.elementFromPoint(x + width / 2, y + height / 2);
  const isOver = over && !node.contains(over) && !over.contains(node) && !node.labels?.[0]?.contains(over);
  return (outlineStyle === "none" && boxShadow === "none") || isOver ? node.outerHTML.slice(0, 150) : "";
}"""


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

    def file(self, handed_in: FilePayload) -> None:
        """Hand a file in."""
        self.actions += 1
        self.page.locator("input[type=file]").set_input_files(handed_in)

    def reach(self, what: Locator) -> None:
        """Walk there with Tab; each stop on the way must show that it has the focus."""
        for _step in range(FAR):
            if what.evaluate("node => node === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(STOP)
            assert not stop, f"the focus is not seen on {stop}"
        raise AssertionError(f"Tab does not lead to {what}")

    def focused(self) -> Locator:
        """The field that takes what is typed."""
        return self.page.locator(
            "input:focus, textarea:focus, select:focus, [contenteditable]:focus"
        )
