"""Lists the public symbols of a symbol graph that have no documentation of their own; exits 1 when there are any."""

import json
import sys

# What a protocol of the standard library asks for is documented there.
INHERITED_NAMES = {
    "description", "debugDescription", "==(_:_:)", "!=(_:_:)", "<(_:_:)", "hash(into:)", "hashValue", "encode(to:)",
    "init(from:)", "rawValue", "init(rawValue:)", "init(arrayLiteral:)", "init(dictionaryLiteral:)",
    "localizedDescription", "errorDescription",
}

with open(sys.argv[1], encoding="utf-8") as file:
    graph = json.load(file)

implementations = {
    relation["source"]
    for relation in graph["relationships"]
    if relation["kind"] in ("requirementOf", "defaultImplementationOf", "overrides") and relation.get("sourceOrigin")
}
undocumented = sorted(
    ".".join(symbol["pathComponents"])
    for symbol in graph["symbols"]
    if "docComment" not in symbol
    and symbol["names"]["title"] not in INHERITED_NAMES
    and symbol["identifier"]["precise"] not in implementations
)
for name in undocumented:
    print(f"no documentation: {name}", file=sys.stderr)
sys.exit(1 if undocumented else 0)
