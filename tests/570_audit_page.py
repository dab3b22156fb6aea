"""The audit page in a real browser: read without a script, and with one a receipt is checked step
by step, from the server, from the downloaded copy and from a page saved with its parts."""
import json
import os
import pathlib
import re
import subprocess

import pytest

import tlog
from server import ROOT, wait_until
from story import Commons, stamp

pytestmark = pytest.mark.long

NODE = ROOT / "tests" / "node"
HOSTILE = """</title><script>document.title="x"</script>"'&<b>Bank</b> {{name}}"""
PICTURES = os.environ.get("PAGE_PICTURES")  # a folder for screenshots, for people to look at


def browse(url, picture=None, **plan):
    if PICTURES and picture:
        plan["picture"] = str(pathlib.Path(PICTURES) / f"{picture}.png")
    done = subprocess.run(["node", NODE / "audit_page.mjs", json.dumps({"url": url, **plan})],
                          capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert seen["heard"] == [], "the console is silent"
    assert seen["foreign"] == [], "nobody else is asked"
    return seen


@pytest.fixture(scope="module")
def lived(server):
    """A community with a hostile name, a commission and 80 records, all sealed."""
    Commons(server)  # so that the one below is not the first
    commons = Commons(server, areas=("north", "south"), residents=4)
    commons.slug = "hostile"
    commons.operator.post("/v1/communities", {
        "slug": commons.slug, "name": HOSTILE, "currency": "GBP", "members_min": 0,
        "areas": [{"code": code, "name": HOSTILE} for code in ("north", "south")]}).must(201)
    commons.trust = server.client(commons.token("trust", "officer"))
    commons.clerk = server.client(commons.token("clerk", "garden-body"))
    commons.ids = commons.register([(f"r{i}", ("north", "south")[i % 2]) for i in range(4)]) \
        .must(200).json()["residents"]
    commons.fund(1000000)
    commons.open_round(10000)
    tender = commons.tender(ceiling=30000, people_min=2, title=HOSTILE, closes=stamp(900))
    proposal = commons.proposal(tender, 9000)
    commons.open_tender(tender)
    commons.pledge(0, proposal, 5000).must(200)
    commons.pledge(1, proposal, 4500).must(200)
    while len(commons.log()) < 80:
        commons.trust.post(f"/v1/funds/{commons.slug}.f1/top-ups", {"amount": 250}).must(201)
    commons.url = f"{server.url}/c/{commons.slug}/audit"
    commons.api = f"/v1/communities/{commons.slug}/log"
    wait_until(lambda: commons.anyone.get(f"{commons.api}/receipts/79").status == 200, 20,
               "the sealing")
    return commons


def parts(lived, seq):
    return {"receipt": lived.anyone.get(f"{lived.api}/receipts/{seq}").must(200).text,
            "record": lived.anyone.get(f"{lived.api}/records/{seq}").must(200).text}


def flipped(text, at):
    """One character changed to another of the same alphabet."""
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:]


def kinds(seen):
    return [kind for kind, _ in seen["steps"]]


def test_570_the_page_tells_the_records_in_plain_words(lived):
    seen = browse(lived.url, picture="wide")
    assert seen["h1"] == f"Audit log of {HOSTILE}" and seen["title"] == seen["h1"]
    assert seen["caption"] == "Records 30 to 79 of 80, the latest first" and len(seen["rows"]) == 50
    assert seen["rows"][0].startswith("79") and "topped up by 2.50 GBP" in seen["rows"][0]
    assert seen["state"] == "80 records are sealed under the signed checkpoint below."
    (link,) = seen["links"]
    assert link == ["Older records", f"{lived.url}?before=30"]
    older = browse(link[1])
    assert older["caption"] == "Records 0 to 29 of 80, the latest first"
    assert older["links"] == [["Newer records", f"{lived.url}?before=80"]]
    said = "\n".join(older["rows"])
    for words in ("pledged to proposal p1 up to 50.00 GBP", "critical mass", "of area north",
                  "Round r1 opened: 100.00 GBP for each of 4 residents (north 2, south 2)",
                  "The community was created, with the areas north, south"):
        assert words in said, words
    head = lived.anyone.get(f"/log/{lived.slug}/checkpoint").text
    assert head.split("\n")[2] in older["main"] and not older["unlabelled"]


def test_570_it_is_a_readable_page_without_a_script(lived):
    seen = browse(lived.url, script=False, picture="plain")
    assert len(seen["rows"]) == 50 and seen["links"] == ["Older records"] and not seen["form"]
    for words in ("runs no scripts", "groundswell verify", "download a copy", HOSTILE,
                  "No witness has signed"):
        assert words in seen["body"], words


def test_570_a_good_receipt_is_verified_step_by_step(lived):
    seen = browse(lived.url, fill=parts(lived, 8), press="#check button", picture="good")
    assert seen["verdict"] == "Verified" and seen["kind"] == "good" and seen["focused"] == "verdict"
    assert kinds(seen) == ["good"] * 5 + ["open"]
    root = lived.anyone.get(f"/log/{lived.slug}/checkpoint").text.split("\n")[2]
    assert root in seen["steps"][2][1] and root in seen["steps"][3][1]


def test_570_a_record_of_the_list_is_checked_by_its_button(lived):
    seen = browse(lived.url, press='p[data-seq="79"] button')
    assert seen["verdict"] == "Verified" and "Record 79" in seen["because"]


def test_570_what_was_changed_is_refused_at_the_step_where_it_shows(lived):
    good = parts(lived, 8)
    receipt, lines = good["receipt"], good["receipt"].split("\n")
    sign = lines.index(next(line for line in lines if line.startswith("\u2014")))
    after_key = receipt.index(lines[sign]) + len(lines[sign]) - 20
    key = lived.anyone.get(f"/log/{lived.slug}/vkey").text.strip()
    other = parts(lived, 9)
    cases = []
    for step, changed in (
            (1, {"receipt": receipt.replace("tlog-proof@v1", "tlog-proof@v2")}),
            (1, {"receipt": receipt.replace("\u2014", "-")}),
            (1, {"receipt": receipt.replace("index 8", "index 08")}),
            (2, {"record": other["record"]}),
            (2, {"receipt": receipt.replace("index 8", "index 9")}),
            (4, {"record": good["record"].replace("4500", "4501").replace("5000", "5001")}),
            (4, {"receipt": flipped(receipt, receipt.index(lines[3]) + 5)}),
            (4, {"receipt": flipped(receipt, receipt.index(lines[lines.index("") + 3]) + 5)}),
            (3, {"receipt": receipt.replace(lines[3] + "\n", "", 1)}),
            (5, {"receipt": flipped(receipt, after_key)}),
            (5, {"keys": flipped(key, len(key) - 10)}),
            (5, {"keys": ""}),
            (6, {"witnesses": key})):
        assert any(good.get(name) != text for name, text in changed.items())
        cases.append((step, changed))
    fills = [{"keys": key, "witnesses": "", **good, **changed} for _, changed in cases]
    seen = browse(lived.url, cases=fills, press="#check button", picture="refused")["cases"]
    assert len(seen) == len(cases)
    for one, (step, changed) in zip(seen, cases):
        assert one["verdict"] == f"Refused at step {step}", (changed, one["because"])
        assert kinds(one) == ["good"] * (step - 1) + ["bad"] and one["kind"] == "bad"


def test_570_a_witness_is_believed_only_by_its_own_key(lived, tmp_path):
    good = parts(lived, 8)
    witness = tlog.Witness("trust.example/witness", tmp_path)
    head = good["receipt"].partition("\n\n")[2]
    line = witness.line(head, 1763762400)
    seen = {**good, "receipt": good["receipt"] + line, "witnesses": witness.vkey + "\n"}
    wrong = flipped(seen["receipt"], len(seen["receipt"]) - 20)
    later = witness.line(head.replace("\n80\n", "\n81\n"), 1763762400)
    (tmp_path / "other").mkdir()
    other = tlog.Witness("trust.example/witness", tmp_path / "other").vkey
    cases = browse(lived.url, press="#check button", picture="witness", cases=[
        {**seen, "receipt": wrong}, {**seen, "receipt": good["receipt"] + later},
        {**seen, "witnesses": other}, {**seen, "receipt": good["receipt"]}, seen])["cases"]
    for one in cases[:-1]:
        assert one["verdict"] == "Refused at step 6", one["because"]
    assert kinds(cases[-1]) == ["good"] * 6 and cases[-1]["verdict"] == "Verified"
    assert "Seen by trust.example/witness at 2025-11-21T22:00:00" in cases[-1]["steps"][5][1]


def test_570_a_browser_without_ed25519_says_so_and_checks_the_hashes(lived):
    without = """const plain = crypto.subtle.importKey.bind(crypto.subtle);
        crypto.subtle.importKey = (form, key, what, ...more) =>
          (what.name ?? what) === "Ed25519"
            ? Promise.reject(new DOMException("no", "NotSupportedError"))
            : plain(form, key, what, ...more);"""
    good = parts(lived, 8)
    seen = browse(lived.url, fill=good, press="#check button", before=without, picture="open")
    assert seen["kind"] == "open" and "signature was not checked" in seen["verdict"]
    assert kinds(seen) == ["good"] * 4 + ["open"] * 2
    assert "does not know Ed25519" in seen["steps"][4][1]
    wrong = {**good, "record": good["record"].replace("4500", "4501").replace("5000", "5001")}
    assert browse(lived.url, fill=wrong, press="#check button",
                  before=without)["verdict"] == "Refused at step 4"


def test_570_the_downloaded_copy_checks_without_a_server(lived, tmp_path):
    copy = tmp_path / "copy.html"
    assert browse(lived.url, download="a[download]", copy=str(copy))["copy"] > 10000
    files = {}
    for name, text in parts(lived, 8).items():
        (tmp_path / name).write_text(text)
        files[f"{name}-file"] = str(tmp_path / name)
    seen = browse(copy.as_uri(), files=files, press="#check button", picture="copy")
    assert seen["verdict"] == "Verified" and kinds(seen) == ["good"] * 5 + ["open"]
    assert seen["h1"] == f"Audit log of {HOSTILE}"
    page = copy.read_text()
    script = re.search(r"<script>(.*?)</script>", page, re.S)
    assert script.group(1) == (ROOT / "web/audit/audit.js").read_text(), "the very script"
    changed = tmp_path / "changed.html"
    changed.write_text(page.replace('"use strict";', '"use strict"; document.title = "x";'))
    done = subprocess.run(["node", NODE / "audit_page.mjs",
                           json.dumps({"url": changed.as_uri()})],
                          capture_output=True, text=True, timeout=90, check=True)
    seen = json.loads(done.stdout)
    assert seen["title"] != "x" and not seen["form"], "a changed script is not let in"


def test_570_a_page_saved_with_its_parts_checks_too(lived, tmp_path):
    """As browsers save "the complete page": the parts in a folder beside it."""
    page = lived.anyone.get(f"/c/{lived.slug}/audit").must(200).text
    (tmp_path / "page_files").mkdir()
    for name in re.findall(r'"/parts/([^"]+)"', page):
        (tmp_path / "page_files" / name).write_bytes(
            lived.anyone.get(f"/parts/{name}").must(200).body)
    (tmp_path / "page.html").write_text(page.replace('"/parts/', '"page_files/'))
    seen = browse((tmp_path / "page.html").as_uri(), fill=parts(lived, 8), press="#check button")
    assert seen["verdict"] == "Verified"
    assert "Check record" not in seen["rows"][0], "there is nobody to fetch from"


def test_570_a_narrow_screen_needs_no_scrolling_sideways(lived):
    seen = browse(lived.url, width=320, fill=parts(lived, 8), press="#check button",
                  picture="narrow")
    assert seen["sideways"] <= 0 and seen["verdict"] == "Verified"


def test_570_axe_finds_nothing_to_mend(lived, tmp_path):
    flawed = tmp_path / "flawed.html"
    page = lived.anyone.get(f"/c/{lived.slug}/audit/copy").must(200).text
    flawed.write_text(page.replace('<html lang="en">', "<html>").replace(' for="before"', ""))
    found = {name for name, _, _ in browse(flawed.as_uri(), axe=True)["axed"]}
    assert found == {"html-has-lang", "label"}, "axe sees what is planted"
    for plan in ({}, {"width": 320}, {"fill": parts(lived, 8), "press": "#check button"},
                 {"fill": {**parts(lived, 8), "record": "{}"}, "press": "#check button"}):
        assert browse(lived.url, axe=True, **plan)["axed"] == [], plan


def test_570_the_policy_lets_nothing_in_from_elsewhere(lived):
    page = lived.anyone.get(f"/c/{lived.slug}/audit").must(200)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    for inline in ("<script>", "<style", "style=", "onclick="):
        assert inline not in page.text
    assert HOSTILE not in page.text and "&lt;script&gt;" in page.text
    for name in re.findall(r'"/parts/([^"]+)"', page.text):
        part = lived.anyone.get(f"/parts/{name}").must(200)
        assert part.headers["cache-control"] == "public, max-age=31536000, immutable"
    lived.anyone.get("/parts/audit-0000000000000000.js").refused(404, "not_found")
    lived.anyone.get(f"/c/{lived.slug}/audit?before=x").refused(400, "query_wrong")
    lived.anyone.get("/c/nowhere/audit").refused(404, "community_unknown")
    beyond = lived.anyone.get(f"/c/{lived.slug}/audit?before=999999").must(200)
    assert "Records 30 to 79 of 80" in beyond.text
    assert "There are no records" in lived.anyone.get(f"/c/{lived.slug}/audit?before=0").text
