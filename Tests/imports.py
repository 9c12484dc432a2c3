#!/usr/bin/env python3
"""Fails when a target imports a module of these packages that it does not declare as a dependency.

    python Tests/imports.py PACKAGE...      # folders, the root package's first

Such an import compiles as long as something else has built the module before. Modules of other packages are not looked
at.
"""
import json
import pathlib
import re
import subprocess
import sys

IMPORT = re.compile(
    r"^\s*(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(\w+)", re.MULTILINE)


def description(folder):
    command = ["swift", "package", "--package-path", folder, "dump-package"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def sources(folder, target):
    parent = {"test": "Tests", "plugin": "Plugins"}.get(target["type"], "Sources")
    path = pathlib.Path(folder, target.get("path") or f"{parent}/{target['name']}")
    return sorted(path.rglob("*.swift"))


def declared(target, products):
    """The modules that a target may import: targets of its package, and those in the products that it names."""
    modules = {target["name"]}
    for dependency in target["dependencies"]:
        for kind, value in dependency.items():
            modules |= {value[0]} if kind in ("byName", "target") else products.get(value[0], {value[0]})
    return modules


packages = {folder: description(folder) for folder in sys.argv[1:]}
products = {
    product["name"]: set(product["targets"]) for package in packages.values() for product in package["products"]}
known = {target["name"] for package in packages.values() for target in package["targets"]}
failures = examined = 0
for folder, package in packages.items():
    for target in package["targets"]:
        allowed = declared(target, products)
        for source in sources(folder, target):
            examined += 1
            for module in IMPORT.findall(source.read_text()):
                if module in known and module not in allowed:
                    print(f"{source}: {target['name']} imports {module}, which is no dependency of it", file=sys.stderr)
                    failures += 1
if not examined:
    sys.exit("there are no sources to examine")
if failures:
    sys.exit(f"{failures} imports without a dependency")
print(f"{examined} files import what their targets depend on")
