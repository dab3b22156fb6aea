"""What the server says about itself to machines is well formed: by the tools that will read it."""
import json
import os
import pathlib
import subprocess

import pytest

TESTS = pathlib.Path(__file__).resolve().parent
QUIET = dict(os.environ, REDOCLY_TELEMETRY="off", REDOCLY_SUPPRESS_UPDATE_NOTICE="true")


@pytest.fixture(scope="module")
def description(server):
    return server.client().get("/v1/openapi.json").must(200).json()


def references_of(thing):
    if isinstance(thing, dict):
        if isinstance(thing.get("$ref"), str):
            yield thing["$ref"]
        thing = list(thing.values())
    for member in thing if isinstance(thing, list) else []:
        yield from references_of(member)


def lint(document, folder):
    path = folder / "openapi.json"
    path.write_text(json.dumps(document, indent=1))
    return subprocess.run([TESTS / "node/node_modules/.bin/redocly", "lint", path, "--extends",
                           "recommended"], capture_output=True, text=True, timeout=120, env=QUIET)


def test_the_openapi_document_passes_its_linter(description, tmp_path):
    done = lint(description, tmp_path)
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "Your API description is valid" in said, said


def test_a_planted_flaw_is_seen_by_the_linter(description, tmp_path):
    flawed = json.loads(json.dumps(description))
    del flawed["components"]["schemas"]["Problem"]
    assert lint(flawed, tmp_path).returncode != 0


def test_every_reference_leads_to_a_component_and_every_component_is_wanted(description):
    referred = set(references_of(description))
    prefix = "#/components/schemas/"
    assert all(reference.startswith(prefix) for reference in referred)
    assert {reference[len(prefix):] for reference in referred} == \
        set(description["components"]["schemas"])


def test_every_kind_of_record_is_described(description):
    kinds = {path.stem for path in (TESTS.parent / "schemas/records").glob("*.json")}
    described = {schema["properties"]["kind"]["const"]
                 for name, schema in description["components"]["schemas"].items()
                 if name.startswith("Records")}
    assert described == kinds


def test_every_write_says_that_it_wants_a_key_and_who_may(description):
    for path, item in description["paths"].items():
        for method, operation in item.items():
            keyed = any(p["name"] == "Idempotency-Key" for p in operation["parameters"])
            # Minting, and knocking at the door, leave nothing that a second time would do twice.
            minting = path == "/v1/tokens" or path.startswith("/v1/sign-in/")
            assert keyed == (method != "get" and not minting), f"{method} {path}"
            # {} is nobody: anyone may look, and who shows something sees what is theirs.
            needed = bool(operation["security"]) and {} not in operation["security"]
            assert needed == bool(operation["x-who"]), f"{method} {path}"


def test_the_metrics_pass_the_linter_of_prometheus(server):
    server.client().get("/v1/communities").must(200)
    metrics = server.client().get("/metrics").must(200).text
    done = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "groundswell_" in metrics
