"""What the house says of itself, and how it says no to somebody who looks at pages."""
import pytest

from server import Server

NAME, CONTACT = "Riverside & Friends", "help@example.org"
FORM = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def house():
    with Server(args=["--site-name", NAME, "--site-contact", CONTACT, "--time-zone",
                      "Europe/London", "--limit-address-read", "20",
                      "--trusted-proxies", "127.0.0.1"]) as server:
        yield server


def look(house, path, method="GET", **more):
    return house.client().request(method, path, **{"headers": {"Accept": "text/html"}, **more})


@pytest.mark.parametrize("path", ["accessibility", "privacy", "cookies", "terms"])
def test_377_the_house_says_what_it_is(house, path):
    assert "Riverside &amp; Friends</title>" in look(house, f"/{path}").must(200).text
    assert 'lang="cy"' in look(house, f"/cy/{path}").must(200).text


def test_377_it_says_whom_to_turn_to(house):
    assert CONTACT in look(house, "/accessibility").must(200).text


def test_377_a_page_that_is_not_there_says_what_to_do(house):
    said = look(house, "/nowhere").must(404).text
    assert "Page not found" in said and "check it" in said and "Go to the front page" in said


def test_377_what_is_too_large_is_refused_before_anything_is_saved(house):
    answer = look(house, "/c/nowhere/proposals/1/pledge", "POST", body=b"amount=" + b"1" * 99000,
                  headers=FORM).must(413)
    assert "This is too large" in answer.text and "Nothing was saved" in answer.text


def test_377_who_comes_too_often_is_told_how_long_to_wait(house):
    far = {"Accept": "text/html", "X-Forwarded-For": "192.0.2.7"}
    answers = (look(house, "/terms", headers=far) for _ in range(2000))
    answer = next(answer for answer in answers if answer.status != 200)
    seconds = int(answer.must(429).headers["retry-after"])
    assert "Too many at once" in answer.text and f"Wait {seconds} second" in answer.text
