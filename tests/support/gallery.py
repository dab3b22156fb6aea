"""The patterns of web/README.md and 300_gallery.html as one page, filled in by a Mustache of a few
lines, and a little server for it with a feed: what the look and the script are judged by."""
import http.server
import pathlib
import re
import threading

from server import ROOT

WEB = ROOT / "web"
GALLERY = ROOT / "tests" / "300_gallery.html"
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          "connect-src 'self'; form-action 'self'; base-uri 'none'")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SECTION = re.compile(r"\{\{([#^])([^}]+)\}\}((?:(?!\{\{[#^]\2\}\}).)*?)\{\{/\2\}\}", re.S)
CRUMBS = """<nav class="govuk-breadcrumbs" aria-label="Breadcrumb">
<ol class="govuk-breadcrumbs__list">
<li class="govuk-breadcrumbs__list-item"><a class="govuk-breadcrumbs__link" href="#">Riverside</a>
</li><li class="govuk-breadcrumbs__list-item">
<a class="govuk-breadcrumbs__link" href="#">Tenders</a></li></ol></nav>"""


def look_up(name, model):
    name, _, wanted = name.partition("=")
    value = model.get(name.split(":")[0].lstrip("."), "")
    return value if not wanted else value == wanted


def render(text, model):
    text = re.sub(r"\{\{>([\w/-]+)\}\}",
                  lambda m: (WEB / "pages" / f"{m[1]}.html").read_text(), text)
    text = re.sub(r"\{\{#_\}\}(.*?)\{\{/_\}\}", r"\1", text, flags=re.S)
    text = re.sub(r"\{\{#_n [^}]*\}\}[^|]*\|(.*?)\{\{/_n\}\}", r"\1", text, flags=re.S)
    while SECTION.search(text):
        text = SECTION.sub(lambda m: section(m, model), text, count=1)
    return re.sub(r"\{\{([^}#^/]+)\}\}", lambda m: str(look_up(m[1], model)), text)


def section(match, model):
    value = look_up(match[2], model)
    if match[1] == "^":
        return "" if value else match[3]
    if isinstance(value, list):
        return "".join(render(match[3], {**model, **one}) for one in value)
    if isinstance(value, dict):
        return render(match[3], {**model, **value})
    return match[3] if value else ""


def patterns():
    """The blocks of HTML in the README, but for the one that shows a page."""
    blocks = re.findall(r"```html\n(.*?)```", (WEB / "README.md").read_text(), re.S)
    return "\n".join(block for block in blocks if "{{<layout}}" not in block and
                     "<form" not in block)


def page(errors=False, figure="£12,400"):
    model = {"lang": "en", "site.name": "Groundswell", "assets.css": "/assets/site.css",
             "assets.js": "/assets/site.js", "assets.icon": "/assets/icon.svg",
             "assets.brand": "/brand.css", "root": "", "signed_in": True, "token": "t", "key": "k",
             "community": True, "community.slug": "riverside", "community.name": "Riverside",
             "me.roles.resident": True,
             "other_lang": {"lang": "cy", "name": "Cymraeg", "href": "/cy/"}, "done": "pledged",
             "needed": 40, "people": 28, "lacking": 12, "left": "15.00"}
    if errors:
        fields = ("amount", "text", "stance", "closes")
        model.update({f"error.{name}": f"Say what {name} is" for name in fields}, problem={},
                     **{"problem.code": "fields_wrong"},
                     errors=[{"field": name, "text": f"Say what {name} is"} for name in fields])
    layout = (WEB / "pages" / "layout.html").read_text()
    body = ('{{>partials/errors}}<h1 class="govuk-heading-xl" id="top" data-feed="/feed">Patterns'
            "</h1>" + GALLERY.read_text().replace("£12,400", figure) +
            '<form method="post" action="/sent" novalidate>' +
            patterns().replace("<li class", '<ul class="gs-meters"><li class')
            .replace("</li>", "</li></ul>") +
            '<button type="submit" class="govuk-button" id="send">Go on</button></form>')
    layout = layout.replace("{{$main}}{{/main}}", body)
    layout = re.sub(r"\{\{\$title\}\}.*?\{\{/title\}\}", "Patterns", layout)
    layout = layout.replace("{{$before}}", CRUMBS)
    return render(re.sub(r"\{\{[$/](mark|head|before)\}\}", "", layout), model)


class Gallery(http.server.ThreadingHTTPServer):
    """figure is shown; tell() sends an event to whoever listens. Pages asked for and forms sent are
    counted."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Visit)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.figure, self.pages, self.sent = "£12,400", 0, 0
        self.listeners, self.resumed = [], []  # who reads the feed; the Last-Event-ID of each
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.hang_up()
        self.shutdown()
        self.thread.join()
        self.server_close()

    def tell(self, seq):
        for out in self.listeners:
            out.write(f"id: {seq}\nevent: pledged\ndata: {{}}\n\n".encode())
            out.flush()

    def hang_up(self):
        """Ends every feed; whoever comes back is answered anew."""
        ended, self.ended, self.listeners = self.ended, threading.Event(), []
        ended.set()


class Visit(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def say(self, body, kind="text/html; charset=utf-8"):
        self.send_response(200)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))),
                            ("Content-Security-Policy", POLICY)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = pathlib.PurePosixPath(self.path.split("?")[0])
        if str(path) == "/feed":
            self.feed()
        elif str(path.parent) == "/assets":
            self.say((WEB / "assets" / path.name).read_bytes(), TYPES[path.suffix])
        elif str(path) == "/brand.css":
            self.say(b":root{--brand:#0b4f6c}", "text/css")
        else:
            self.server.pages += 1
            self.say(page(errors=str(path) == "/errors", figure=self.server.figure).encode())

    def feed(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b": hello\n\n")
        self.wfile.flush()
        ended = self.server.ended
        self.server.listeners.append(self.wfile)
        self.server.resumed.append(self.headers.get("Last-Event-ID"))
        ended.wait()

    def do_POST(self):
        self.server.sent += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.say(b"<!DOCTYPE html><html lang=en><title>Sent</title><h1>Sent</h1>")
