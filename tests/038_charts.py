"""Charts: well-formed, named for who cannot see them, without style, and bounded, whatever they
show."""
import json
import math
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("GROUNDSWELL_BINARY", ROOT / "build-asan" / "groundswell"))
BUILD = pathlib.Path(os.environ.get("GROUNDSWELL_BUILD", BINARY.parent))
SVG = "{http://www.w3.org/2000/svg}"
DAY = 86_400_000
START = 1_797_206_400_000  # 14 December 2026 in London
MOST = 2**53 - 1
WILD = """<b>"Tom's" & sons</b>"""


def program(plan):
    plan = {"id": "c1", "title": "A title", "about": "What it shows.", **plan}
    return subprocess.run([BUILD / "tests" / "charts"], input=json.dumps(plan), text=True,
                          capture_output=True, timeout=60, check=False,
                          env={**os.environ, "TZ": "Europe/London"})


def drawn(plan):
    """The parsed chart, after what is true of every one."""
    done = program(plan)
    assert done.returncode == 0, done.stdout + done.stderr
    svg = ElementTree.fromstring(done.stdout)
    ids = [node.get("id") for node in svg.iter() if node.get("id")]
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby").split() == [svg[0].get("id"), svg[1].get("id")]
    assert [svg[0].tag, svg[1].tag] == [SVG + "title", SVG + "desc"]
    assert len(ids) == len(set(ids))
    assert int(svg.get("font-size")) * 290 / 320 >= 12, "the letters on the narrowest screen"
    for node in svg.iter():
        assert node.get("style") is None and not any(name.startswith("on") for name in node.attrib)
        assert node.tag not in (SVG + "style", SVG + "script", SVG + "a")
        for name in ("fill", "stroke"):
            value = node.get(name, "none")
            assert value in ("none", "currentColor") or value[5:-1] in ids, value
        if node.tag == SVG + "text":
            assert 0 <= float(node.get("x")) <= 320
    assert not re.search("nan|inf", " ".join(node.get("d", "") for node in svg.iter()))
    return svg


def texts(svg):
    return [node.text for node in svg.iter(SVG + "text")]


def titles(svg):
    return [node.text for node in svg.iter(SVG + "title")][1:]


def with_class(svg, name):
    return [node for node in svg.iter() if node.get("class") == name]


def line(points, **more):
    return {"chart": "line", "currency": "GBP", "from": START, "to": START + 28 * DAY,
            "points": points, "label": "Pledged so far: £9,000", "target": 1_200_000,
            "target_label": "Needed: £12,000", **more}


def test_a_line_goes_by_steps_towards_its_target():
    svg = drawn(line([[START + DAY, 100_000], [START + 7 * DAY, 900_000]], until=START + 14 * DAY))
    assert {"£0", "£5,000", "£10,000", "£15,000", "14 December 2026", "11 January 2027",
            "Pledged so far: £9,000", "Needed: £12,000"} <= set(texts(svg))
    way = next(node for node in with_class(svg, "gs-line") if node.get("fill") == "none")
    assert re.sub(r"[\d. ]+", "", way.get("d")) == "MHVHVH"
    target = with_class(svg, "gs-goal")[-1]
    assert target.get("stroke-dasharray"), "told from the line without colour"


@pytest.mark.parametrize("points", [
    [], [[START, 5]], [[START, 7]] * 100, [[START + i, 0] for i in range(9)],
    [[START - DAY, 1], [START + 99 * DAY, 2]], [[START + 9 * DAY, 2], [START, 1]],
    [[START, MOST], [START + DAY, 2**63 - 1]]], ids=["none", "one", "equal", "zero", "outside",
                                                   "backwards", "huge"])
@pytest.mark.parametrize("currency", ["GBP", "", "KWD"])
def test_a_line_of_any_points_is_drawn(points, currency):
    drawn(line(points, currency=currency, until=START + 2 * DAY))
    drawn(line(points, currency=currency, target=0, until=0, to=START))


def test_a_line_of_many_points_is_no_larger_than_it_is_wide():
    svg = drawn(line([[START + i * 36_000, i * 20] for i in range(65_536)]))
    assert len(with_class(svg, "gs-line")[1].get("d")) < 16_000
    assert program(line([[START, 1]] * 65_537)).stdout == "fault limit\n"


def test_a_day_is_not_named_twice_and_months_speak_the_language():
    svg = drawn(line([], to=START + 1, lang="cy"))
    assert texts(svg).count("14 Rhagfyr 2026") == 1


@pytest.mark.parametrize("most,wanted", [
    (0, ["0", "1"]), (1, ["0", "1"]), (3, ["0", "1", "2", "3"]), (17, ["0", "5", "10", "15", "20"]),
    (100, ["0", "50", "100"]), (101, ["0", "50", "100", "150"])])
def test_an_axis_has_round_figures(most, wanted):
    svg = drawn(line([[START, most]], currency="", target=0))
    assert [text for text in texts(svg) if text.isdigit()] == wanted


def test_bars_say_their_figures_and_their_marks():
    svg = drawn({"chart": "bars", "target_label": "people needed", "few": "fewer than 5", "bars": [
        {"label": "Harbourside", "said": "12 of 20", "value": 12, "target": 20},
        {"label": "Old Town", "value": 25, "target": 20},
        {"label": "Quay", "value": 3, "target": 10, "few": True}]})
    assert {"Harbourside", "12 of 20", "25", "fewer than 5", "people needed"} <= set(texts(svg))
    assert titles(svg) == ["Harbourside: 12 of 20", "Old Town: 25", "Quay: fewer than 5"]
    assert len(with_class(svg, "gs-fill-1")) == 2, "the length of a bar would tell the few"
    marks = [float(node.get("x")) for node in with_class(svg, "gs-target")][1:]
    bars = [float(node.get("width")) for node in with_class(svg, "gs-fill-1")]
    assert bars[0] < marks[0] == marks[1] < bars[1]


def test_what_is_few_does_not_show_in_anything_else():
    def at(value):
        return program({"chart": "bars", "few": "fewer than 5", "bars": [
            {"label": "Quay", "value": value, "few": True}, {"label": "Old Town", "value": 2}]})
    assert at(0).stdout == at(4).stdout


@pytest.mark.parametrize("values", [[], [0], [0, 0], [7, 7, 7], [MOST, 1], [2**63 - 1]])
def test_bars_of_any_values_are_drawn(values):
    svg = drawn({"chart": "bars", "bars": [{"label": f"Area {i}", "value": value, "target": value}
                                           for i, value in enumerate(values)]})
    assert all(0 < float(bar.get("width")) <= 320 for bar in with_class(svg, "gs-fill-1"))


def test_a_label_is_escaped_and_cut_and_whole_in_the_title():
    long = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch ôôô"
    svg = drawn({"chart": "bars", "id": "a b<", "title": WILD, "about": WILD,
                 "bars": [{"label": WILD, "value": 1}, {"label": long, "said": long}]})
    assert svg[0].text == svg[1].text == WILD
    assert WILD in texts(svg)
    assert titles(svg)[1] == f"{long}: {long}"
    assert any(text.endswith("…") and long.startswith(text[:-1]) for text in texts(svg))
    assert all(len(text) <= 58 for text in texts(svg))


def test_what_xml_cannot_hold_does_not_break_the_page():
    svg = drawn({"chart": "bars", "bars": [{"label": "a\u0001b", "value": 1}]})
    assert "a?b" in texts(svg)


PARTS = ["Paid", "Committed", "Held", "Free"]


def test_a_stack_names_its_parts_by_pattern_and_sum():
    svg = drawn({"chart": "stack", "currency": "GBP", "parts": PARTS, "rows": [
        {"label": "Police", "parts": [100_000, 50_000, 0, 350_000]},
        {"label": "Health", "parts": [0, 0, 0, 250_050]}]})
    assert {"£5,000", "£2,500.50", "Paid: £1,000", "Held: £0", "Free: £6,000.50"} <= set(texts(svg))
    assert titles(svg) == ["Police: Paid £1,000", "Police: Committed £500", "Police: Free £3,500",
                           "Health: Free £2,500.50"]
    keys = [node.get("fill") for node in svg if node.tag == SVG + "rect"][-4:]
    assert len(set(keys)) == 4
    assert len({node.get("fill") for node in svg.iter(SVG + "rect")}) == 4


@pytest.mark.parametrize("rows", [[], [[0] * 5], [[1] * 5] * 3, [[MOST] * 5], [[2**63 - 1] * 5]])
def test_a_stack_of_any_values_is_drawn(rows):
    svg = drawn({"chart": "stack", "parts": [*PARTS, "Lapsed"],
                 "rows": [{"label": "Fund", "parts": parts} for parts in rows]})
    for part in svg.iter(SVG + "rect"):
        assert float(part.get("x")) + float(part.get("width")) <= 320.1


def square(x, y, size=0.01, hole=False):
    def ring(x, y, size):
        return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    rings = [ring(x, y, size)]
    if hole:
        rings.append(ring(x + size / 3, y + size / 3, size / 3))
    return rings


def area(coordinates, kind="Polygon", **more):
    return {"label": "Area", "class": 0, **more,
            "boundary": {"type": kind, "coordinates": coordinates}}


def plotted(areas, classes=("none", "1 to 9", "10 to 19", "20 to 29", "30 and more"), **more):
    return {"chart": "map", "areas": areas, "classes": list(classes), **more}


def paths(svg):
    return [node for node in svg if node.get("class", "").startswith("gs-class-")]


def test_a_map_shows_each_area_by_title_and_pattern():
    areas = [area(square(-2.6 + i / 100, 51.4, hole=i == 0), label=f"Area {i}", said=f"{i} people",
                  **{"class": i}) for i in range(5)]
    areas.append(area([square(-2.6, 51.39), square(-2.57, 51.39)], "MultiPolygon",
                      label="Two isles", **{"class": 9}))
    areas.append({"label": "Nowhere", "class": 1})
    svg = drawn(plotted(areas))
    assert titles(svg) == [*(f"Area {i}: {i} people" for i in range(5)), "Two isles"]
    assert len({node.get("fill") for node in paths(svg)}) == 5
    assert [node.get("d").count("M") for node in paths(svg)] == [2, 1, 1, 1, 1, 2]
    assert "30 and more" in texts(svg)
    x, y = zip(*re.findall(r"[ML](\S+?) ([\d.]+)", " ".join(n.get("d") for n in paths(svg))))
    width = max(map(float, x)) - min(map(float, x))
    height = max(map(float, y)) - min(map(float, y))
    assert math.isclose(height / width, 2 / 5 / math.cos(math.radians(51.4)), rel_tol=0.01)


@pytest.mark.parametrize("boundary", [
    None, {}, {"type": "Polygon"}, {"type": "Polygon", "coordinates": 7}, {"type": 7},
    {"type": "Polygon", "coordinates": [[["a", "b"], [1], [], None, [1e300, 1], [1, -91]]]},
    {"type": "MultiPolygon", "coordinates": [[], [[]], 7, [[7]]]},
    {"type": "Polygon", "coordinates": [[[1, 1]] * 4]},
    {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, -90]]]},
    {"type": "Polygon", "coordinates": [[[0, 90], [1, 90], [1, 90], [0, 90]]]}])
def test_a_boundary_of_any_form_does_no_harm(boundary):
    drawn(plotted([{"label": "A", "class": 0, "boundary": boundary}]))
    drawn(plotted([{"label": "A", "class": 0, "boundary": boundary}, area(square(0, 0))]))


def coast(points, x, roughness=0.0):
    ring = [[x + math.cos(2 * math.pi * i / points) * (1 + roughness * math.sin(i)),
             math.sin(2 * math.pi * i / points) * (1 + roughness * math.sin(i))]
            for i in range(points)]
    return [[*ring, ring[0]]]


def test_a_map_of_many_points_is_bounded():
    svg = drawn(plotted([area(coast(8_000, 2 * i)) for i in range(3)]))
    corners = sum(len(re.findall("[ML]", node.get("d"))) for node in paths(svg))
    assert 300 < corners < 2_500
    svg = drawn(plotted([area(coast(8_000, i, 0.03)) for i in range(12)]))
    corners = sum(len(re.findall("[ML]", node.get("d"))) for node in paths(svg))
    assert 200 < corners <= 6_000


def test_many_specks_are_a_map_too():
    isles = [square(i % 90, i // 90, 1e-5) for i in range(512)]
    svg = drawn(plotted([area(isles, "MultiPolygon", label=f"Isles {i}") for i in range(12)]))
    assert len(paths(svg)) == 12


@pytest.mark.parametrize("plan", [
    {"chart": "bars", "bars": [{"label": "x"}] * 129},
    {"chart": "stack", "parts": PARTS, "rows": [{"label": "x"}] * 129},
    {"chart": "stack", "parts": ["x"] * 6, "rows": []},
    {"chart": "map", "areas": [{"label": "x"}] * 129}], ids=lambda plan: plan["chart"])
def test_too_many_of_anything_is_refused(plan):
    done = program(plan)
    assert (done.returncode, done.stdout) == (1, "fault limit\n")
