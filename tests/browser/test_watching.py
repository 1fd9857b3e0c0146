"""The watch itself: it must see what it is there to see."""

import pytest


def inject(page, markup: str) -> None:
    page.evaluate("markup => document.body.insertAdjacentHTML('beforeend', markup)", markup)


def wait_until_seen(page, watch) -> None:
    for _moment in range(30):
        if watch.verdict():
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(100)  # what follows at once belongs to it


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ('<p style="color: red">x</p>', "forbidden by policy: style-src"),
        ('<img src="https://example.org/pixel.gif">', "foreign host: https://example.org"),
        ('<img src="/no-such-picture/">', "console error"),
        ('<button onclick="1">x</button>', "forbidden by policy: script-src"),
    ],
)
def test_it_sees(page, watch, markup, seen):
    assert watch.verdict() == []
    inject(page, markup)
    if "onclick" in markup:
        page.locator("button[onclick]").click()
    wait_until_seen(page, watch)
    assert any(seen in problem for problem in watch.verdict()), watch.problems
    watch.allow(".")


def test_it_sees_a_script_that_fails(page, watch):
    page.evaluate("setTimeout(() => { throw new Error('broken') })")
    wait_until_seen(page, watch)
    assert any("broken" in problem for problem in watch.verdict())
    watch.allow("broken")


def test_it_is_quiet_on_a_page_that_is_well(page, watch):
    page.reload()
    assert watch.problems == []
