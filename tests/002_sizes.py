"""Nothing grows past what a newcomer can hold: functions, files, lines; and what must not compile.

tests/sizes-exceptions.txt may let one thing pass, at exactly its present size, as a line of kind,
path, name and size. An exception that is larger than needed, or not needed, fails, so the list only
shrinks.
"""
import json
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("server", "include", "tests", "web", "schemas", ".cmake", ".ci")

CAPS = {"function": 70, "parameters": 6, "nesting": 4, "c-file": 500, "h-file": 200,
        "columns": 100, "lua-function": 40}
WIDTH_OF = (".c", ".h", ".lua", ".cmake", ".py")
EXCEPTIONS_MAX = 0  # entries; lower it with the list

BANNED = {
    "strcpy": "char a[9]; strcpy(a, b);", "strcat": "char a[9] = {0}; strcat(a, b);",
    "sprintf": 'char a[9]; sprintf(a, "%s", b);', "strtok": 'strtok(0, b);',
    "vsprintf": "char a[9]; va_list l; va_start(l, b); vsprintf(a, b, l);",
    "gets": "char a[9]; gets(a); (void)b;", "gmtime": "time_t t = 0; gmtime(&t); (void)b;",
    "localtime": "time_t t = 0; localtime(&t); (void)b;", "atoi": "(void)atoi(b);",
    "atol": "(void)atol(b);", "atof": "(void)atof(b);", "strtod": "(void)strtod(b, 0);",
    "alloca": "(void)alloca(9); (void)b;",
}

# Spelled apart, so that this file does not accuse itself.
LEFTOVERS = re.compile(r"\b(?:" + "|".join(["TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"]) + r")\b")
MACHINE = re.compile(r"/(?:wo" r"rk|ho" r"me|ro" r"ot|Us" r"ers)/")


def files(root, *suffixes):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            parts = path.relative_to(root).parts
            if "node_modules" in parts or "__pycache__" in parts or not path.is_file():
                continue
            if not suffixes or path.suffix in suffixes:
                yield path


def without_words(source):
    """The source with comments, strings and characters blanked, its lines kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, source,
                  flags=re.S)


def deepest(body):
    """How many blocks stand inside one another in a function's body; initializers do not count."""
    depth = most = 0
    kinds = []
    for at, c in enumerate(body):
        if c == "{":
            before = body[:at].rstrip()
            block = before.endswith((")", ";", "{", "}", ":", "else", "do")) or not before
            if before.endswith(("){", "{{")) or re.search(r"[=,(]\s*(\([^()]*\))?$", before) or \
                    re.search(r"(?:return|\?|:|&&|\|\|)\s*\([^()]*\)$", before):
                block = False
            if kinds and not kinds[-1]:
                block = False
            kinds.append(block)
            depth += block
            most = max(most, depth)
        elif c == "}" and kinds:
            depth -= kinds.pop()
    return most - 1


def count_parameters(signature):
    inner = signature[1:signature.rindex(")")].strip()
    if inner in ("", "void"):
        return 0
    level = commas = 0
    for c in inner:
        level += (c in "([") - (c in ")]")
        commas += c == "," and level == 0
    return commas + 1


def functions_of(paths):
    """(path, name, first line, last line, signature) of every C function."""
    done = subprocess.run(["ctags", "--languages=C", "--langmap=C:.c.h", "--kinds-C=f",
                           "--fields=+neS", "--output-format=json", "-L", "-", "-f", "-"],
                          input="\n".join(map(str, paths)), capture_output=True, text=True,
                          check=True)
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        if tag.get("_type") == "tag" and "end" in tag:
            yield (pathlib.Path(tag["path"]), tag["name"], tag["line"], tag["end"],
                   tag.get("signature", "()"))


def sizes_of_c(root):
    """(kind, path, name, size) of every function and file."""
    paths = list(files(root, ".c", ".h"))
    texts = {path: path.read_text() for path in paths}
    plain = {path: without_words(text).split("\n") for path, text in texts.items()}
    for path, text in texts.items():
        lines = text.count("\n")
        yield "c-file" if path.suffix == ".c" else "h-file", path, path.name, lines
    for path, name, first, last, signature in functions_of(paths):
        yield "function", path, name, last - first + 1
        yield "parameters", path, name, count_parameters(signature)
        body = "\n".join(plain[path][first - 1:last])
        yield "nesting", path, name, deepest(body[body.find("{"):])


LUA_OPENS = re.compile(r"^(\s*)(?:.*\W)?function\b\s*([\w.:]*)\s*\([^)]*\)(?!.*\bend\b)")


def sizes_of_lua(root):
    """A function ends at the first `end` that stands as far left as its own line."""
    for path in files(root, ".lua"):
        lines = path.read_text().split("\n")
        for first, line in enumerate(lines):
            opens = LUA_OPENS.match(line.split("--")[0])
            if not opens:
                continue
            indent = len(opens.group(1))
            last = next((i for i in range(first + 1, len(lines))
                         if re.match(rf" {{{indent}}}end\b", lines[i])), first)
            yield "lua-function", path, opens.group(2) or f"line-{first + 1}", last - first + 1


def sizes_of_lines(root):
    for path in files(root):
        if path.suffix in WIDTH_OF or path.name == "CMakeLists.txt":
            for number, line in enumerate(path.read_text().split("\n"), 1):
                if len(line) > CAPS["columns"]:
                    yield "columns", path, f"line-{number}", len(line)


def too_large(root):
    found = {}
    for sizes in (sizes_of_c, sizes_of_lua, sizes_of_lines):
        for kind, path, name, size in sizes(root):
            if size > CAPS[kind]:
                found[kind, str(path.relative_to(root)), name] = size
    return found


def exceptions_of(root):
    path = root / "tests" / "sizes-exceptions.txt"
    found = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        words = line.split("#")[0].split()
        if words:
            kind, where, name, size = words
            found[kind, where, name] = int(size)
    return found


def complaints(root):
    large, excused = too_large(root), exceptions_of(root)
    found = [f"{kind} {path} {name}: {size}, at most {CAPS[kind]}"
             for (kind, path, name), size in sorted(large.items())
             if size > excused.get((kind, path, name), 0)]
    found += [f"the exception {' '.join(key)} {size} is larger than needed"
              for key, size in sorted(excused.items()) if large.get(key, 0) < size]
    return found


def leftovers(root):
    found = []
    for path in files(root):
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if LEFTOVERS.search(line) or MACHINE.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:80]}")
    return found


def test_nothing_is_larger_than_agreed():
    assert shutil.which("ctags"), "package universal-ctags"
    found = complaints(ROOT)
    assert not found, "\n".join(found)


def test_the_list_of_exceptions_has_not_grown():
    assert len(exceptions_of(ROOT)) <= EXCEPTIONS_MAX


def test_nothing_is_left_for_later_and_no_machine_is_named():
    found = leftovers(ROOT)
    assert not found, "\n".join(found)


def compiles(source):
    done = subprocess.run(["cc", "-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-w", "-include",
                           ROOT / "include/groundswell/base/banned.h", "-x", "c", "-"],
                          input=source, capture_output=True, text=True)
    return done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", sorted(BANNED))
def test_a_banned_function_does_not_compile(name):
    source = "#include <stdarg.h>\nvoid use(char *b, ...);\nvoid use(char *b, ...) {{ {} }}\n"
    good, said = compiles(source.format(BANNED[name]))
    assert not good and f'poisoned "{name}"' in said
    assert compiles(source.format("(void)b;"))[0]


# The tests below plant violations and want them seen.

@pytest.fixture
def planted(tmp_path):
    for folder in FOLDERS:
        (tmp_path / folder).mkdir()
    return tmp_path


def body_of(lines):
    return "int f(int a);\nint f(int a)\n{\n" + "    a++;\n" * lines + "    return a;\n}\n"


@pytest.mark.parametrize("name,text,seen", [
    ("server/a.c", body_of(66), 0),
    ("server/a.c", body_of(67), 1),
    ("server/a.c", "int a;\n" * 501, 1),
    ("include/a.h", "int a;\n" * 200, 0),
    ("include/a.h", "int a;\n" * 201, 1),
    ("server/a.c", "int f(int a, int b, int (*c)(int, int), int d, int e, int g)\n{\n}\n", 0),
    ("server/a.c", "int f(int a, int b, int c, int d, int e, int g, int h)\n{\n}\n", 1),
    ("server/a.c", "void f(void)\n{\n" + "    if (1) {\n" * 4 + "}" * 4 + "\n}\n", 0),
    ("server/a.c", "void f(void)\n{\n" + "    if (1) {\n" * 5 + "}" * 5 + "\n}\n", 1),
    ("server/a.c", "void f(void)\n{\n    if (1) {\n        for (;;) {\n            while (1) {\n"
     "        do {\n    struct a b = {{{1}, {2}}}; g((struct c){{{3}}});\n"
     "} while (1);\n}}}\n}\n", 0),
    ("tests/a.py", "#" + "a" * 100 + "\n", 1),
    ("server/a.lua", "local function f(a)\n" + "    a()\n" * 38 + "end\n", 0),
    ("server/a.lua", "local function f(a)\n" + "    a()\n" * 39 + "end\n", 1),
    ("server/a.lua", "act('x', function(k, args)\n" + "    if a then\n    end\n" * 20 + "end)\n",
     1),
])
def test_what_is_too_large_is_seen(planted, name, text, seen):
    (planted / name).write_text(text)
    assert len(complaints(planted)) == seen, complaints(planted)


def test_an_exception_excuses_exactly_its_size(planted):
    (planted / "server" / "a.c").write_text(body_of(80))
    listed = planted / "tests" / "sizes-exceptions.txt"
    size = too_large(planted)["function", "server/a.c", "f"]
    for wrong in (size - 1, size + 1):
        listed.write_text(f"function server/a.c f {wrong}\n")
        assert len(complaints(planted)) == 1
    listed.write_text(f"# why it must be so\nfunction server/a.c f {size}\n")
    assert complaints(planted) == []
    (planted / "server" / "a.c").write_text(body_of(3))
    assert len(complaints(planted)) == 1


def test_a_leftover_is_seen(planted):
    (planted / "server" / "a.c").write_text("/* TO" "DO later */\n/* see /ho" "me/me/a.c */\n"
                                            "mkstemp(\"aXX" "XXXX\");\n")
    assert len(leftovers(planted)) == 2
