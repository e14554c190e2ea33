"""The tables of benches/results/compare.md, of the rows that benches/compare measured."""

import json
import pathlib
import re

PEERS = pathlib.Path(__file__).resolve().parent / "peers"
ENGINE, MAP, LAYER = "cors-engine", "cors-engine, header map", "cors-engine, tower layer"
SERVERS = [ENGINE, MAP, LAYER, "tower-http", "actix-cors", "jub0bs/cors", "npm cors", "Starlette", "flask-cors"]
BROWSERS = [ENGINE, "jsdom", "happy-dom"]
ORDINARY = ["without CORS", "actual, allowed", "actual, refused", "preflight, allowed", "preflight, refused"]
HOSTILE = ["names", "one name", "commas"]
PLOTS = {
    "origins": "Origins that a policy lists",
    "headers": "Headers of a request",
    "header-length": "Length of a header",
    "redirects": "Redirects",
    "cache": "Entries of the preflight cache",
    "threads": "Threads",
}

# What another machine measured, told where the library cannot be measured here.
CITED = {
    "jub0bs/cors": (
        "its own published benchmark, on an Apple M4 with Go 1.26.4 and release 1.0.4 "
        "(github.com/jub0bs/cors-benchmarks): preflight, allowed 416 ns; preflight, refused 103 ns; "
        "actual, allowed, among many origins 585 ns"
    )
}


def in_tables(rows):
    page = [
        "# Beside its peers",
        "",
        f"Made by `benches/compare` on {rows[0]['machine']}. [What the work is](../README.md). Instructions and",
        "allocations repeat; times are of one run, on one machine: compare them with each other only.",
    ]
    if rows[0]["quick"]:
        page += ["", "**Made with `--quick`: the times are rough, and most counts of instructions are left out.**"]
    missing = {row["library"]: row["unavailable"] for row in rows if "unavailable" in row}
    page += ["", "## An ordinary request", "", "Each: at 1 origin / at 10,000 origins.", *ordinary(rows, missing)]
    page += ["", "## A hostile `Access-Control-Request-Headers`", "", "Each: of 64 KiB / of 1 MiB."]
    page += hostile(rows, missing)
    page += ["", "## A policy of 10,000 origins is built", "", *build(rows)]
    page += ["", "## A whole preflighted exchange", "", *exchange(rows, missing)]
    page += ["", "## How costs grow", ""]
    shown = {row["plot"] for row in rows if "plot" in row}
    page += [f"![{words}]({name}.svg)" for name, words in PLOTS.items() if name in shown]
    page += ["", "## Not available here", "", *unavailable(missing), ""]
    return "\n".join(page)


def ordinary(rows, missing):
    columns = {"without CORS": [("without CORS", 1)]}
    columns |= {work: [(work, 1), (work, 10_000)] for work in ORDINARY[1:]}
    return by_measure(rows, columns, missing)


def hostile(rows, missing):
    columns = {what: [(f"{size} of {what}", 1) for size in ("64 KiB", "1 MiB")] for what in HOSTILE}
    return by_measure(rows, columns, missing)


def by_measure(rows, columns, missing):
    """A table for each measure; a column shows the figures at so many works."""
    page = []
    for measure, title, words in [
        ("instructions", "Instructions", number),
        ("allocations", "Allocations", number),
        ("nanoseconds", "Time", duration),
    ]:
        figures = figures_of(rows, measure)
        lines = []
        for library in SERVERS:
            cells = [
                " / ".join(words(figures[(library, *at)]) for at in places if (library, *at) in figures) or "-"
                for places in columns.values()
            ]
            if any(cell != "-" for cell in cells):
                lines.append([named(library), *cells])
            elif library in missing and measure == "nanoseconds":
                lines.append([named(library), "not available here", *[""] * (len(columns) - 1)])
        if lines:
            page += ["", *table([title, *columns], lines)]
    return page


def build(rows):
    columns = {
        "instructions": ("instructions", number),
        "time": ("nanoseconds", duration),
        "allocations": ("allocations", number),
        "bytes in all": ("bytes", number),
        "bytes at most at one time": ("peak", number),
    }
    figures = [(of_work(rows, measure, "build"), words) for measure, words in columns.values()]
    lines = [
        [named(library), *(words(found[library]) if library in found else "-" for found, words in figures)]
        for library in SERVERS
        if any(library in found for found, _ in figures)
    ]
    kept = "tower-http keeps the list as it comes, and looks through it at each request."
    return [*table(["", *columns], lines), "", kept] if lines else ["Not measured."]


def exchange(rows, missing):
    times = of_work(rows, "nanoseconds", "a preflighted exchange")
    counts = of_work(rows, "instructions", "a preflighted exchange")
    lines = []
    for library in BROWSERS:
        if library in times:
            ratio = f"{times[library] / times[ENGINE]:,.0f}" if ENGINE in times else "-"
            count = number(counts[library]) if library in counts else "-"
            lines.append([named(library), duration(times[library]), number(1e9 / times[library]), ratio, count])
        elif library in missing:
            lines.append([named(library), "not available here", "", "", ""])
    head = ["", "time", "exchanges a second", "times as long as cors-engine", "instructions"]
    return table(head, lines) if lines else ["Not measured."]


def unavailable(missing):
    if not missing:
        return ["Everything was."]
    lines = []
    for library, reason in missing.items():
        lines.append(f"- {named(library)}: {reason}.")
        if library in CITED:
            lines.append(f"  Cited, not measured: {CITED[library]}.")
    return lines


def figures_of(rows, measure):
    """Figures by library, work and number of origins."""
    found = [row for row in rows if measure in row and "work" in row]
    return {(row["library"], row["work"], row["origins"]): row[measure] for row in found}


def of_work(rows, measure, work):
    """Figures of one work by library."""
    return {key[0]: value for key, value in figures_of(rows, measure).items() if key[1] == work}


def table(head, lines):
    rule = ["---", *["---:"] * (len(head) - 1)]
    return ["| " + " | ".join(line) + " |" for line in [head, rule, *lines]]


def number(value):
    return f"{value:,.0f}"


def duration(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def named(library):
    """The library with its release, as the peers' manifests have it."""
    if library in (ENGINE, MAP, LAYER):
        return library
    return f"{library} {release(library)}"


def release(library):
    if library in ("tower-http", "actix-cors"):
        locked = (PEERS / "Cargo.lock").read_text()
        return re.search(rf'name = "{library}"\nversion = "(.*)"', locked).group(1)
    if library == "jub0bs/cors":
        return re.search(r"jub0bs/cors v(\S+)", (PEERS / "go" / "go.mod").read_text()).group(1)
    if library in ("Starlette", "flask-cors"):
        required = (PEERS / "python" / "requirements.txt").read_text()
        return re.search(rf"^{library}==(.*)$", required, re.MULTILINE | re.IGNORECASE).group(1)
    packages = json.loads((PEERS / "javascript" / "package.json").read_text())["dependencies"]
    return packages[library.removeprefix("npm ")]
