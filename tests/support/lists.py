"""A list of the API, walked page by page."""
import re


def walk(client, path):
    """The pages of a list, each a list of items."""
    pages = []
    while path:
        assert len(pages) < 20, "the list does not end"
        answer = client.get(path).must(200)
        body = answer.json()
        pages.append(body["items"])
        link = re.fullmatch(r'<(.*)>; rel="next"', answer.headers.get("link", "<>; rel=\"next\""))
        path = body["links"].get("next")
        assert link[1] == (path or "")
    return pages
