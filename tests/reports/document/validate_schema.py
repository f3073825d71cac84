#!/usr/bin/env python3
"""Holds a report against the JSON Schema, and the schema against broken reports: it must refuse each of them.

usage: validate_schema.py SCHEMA REPORT
Exit: 0 all as it should be, 1 not, 77 python3-jsonschema is missing (the test is then skipped).
"""
import copy
import json
import re
import sys

try:
    import jsonschema
except ImportError:
    print("SKIPPED: python3-jsonschema is not installed")
    sys.exit(77)


def walk(value, path=()):
    """Every member of every object, as (path, parent, key)."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield path + (key,), value, key
            yield from walk(child, path + (key,))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from walk(child, path + (index,))


def pattern(path):
    return ".".join("[]" if isinstance(step, int) else step for step in path)


def at(document, path):
    for step in path:
        document = document[step]
    return document


def keys_of(value):
    return frozenset((pattern(path), type(parent[key])) for path, parent, key in walk(value))


def shortened(value):
    """The document without what says nothing new about the schema and takes its time: numbers beyond the second of an
    array, and objects of an array that have no key, and no type of a value, that those before them lack."""
    if isinstance(value, dict):
        return {key: shortened(child) for key, child in value.items()}
    if not isinstance(value, list):
        return value
    kept, seen = [], set()
    for child in map(shortened, value):
        if isinstance(child, dict):
            if keys_of(child) <= seen:
                continue
            seen |= keys_of(child)
        elif len(kept) == 2 and isinstance(child, int):
            break
        kept.append(child)
    return kept


def main(schema_file, report_file):
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    with open(report_file, encoding="utf-8") as file:
        report = json.load(file)
    kind = jsonschema.validators.validator_for(schema, default=None)
    if kind is None:
        print("this python3-jsonschema does not know", schema.get("$schema"))
        return 1
    kind.check_schema(schema)
    validator = kind(schema)

    errors = [f"{pattern(error.absolute_path)}: {error.message}" for error in validator.iter_errors(report)]
    for error in errors:
        print("the report is refused:", error)

    free = re.compile(r"^(machine\.facts|plan\.settings)\.[^.]+$")
    optional = {"sections.roofline", "sections.scenarios", "sections.peak_rates", "sections.load_sweeps",
                "sections.tracks", "sections.calibration", "sections.scenarios.[].latencies_ns",
                "sections.scenarios.[].arrivals.target_chosen_by",
                "sections.roofline.roofs.[].working_set_bytes", "sections.roofline.dots.[].working_set_bytes",
                "sections.roofline.roofs.[].moved_bytes_per_1000_counted"}
    report = shortened(report)
    if not validator.is_valid(report):
        errors.append("shortened")
        print("the report is refused once its arrays are shortened")
    seen = set()
    for path, _, key in list(walk(report)):
        name = pattern(path)
        if name in seen or free.match(name):
            continue
        seen.add(name)
        misspelt = copy.deepcopy(report)
        parent = at(misspelt, path[:-1])
        parent[key + "x"] = parent.pop(key)
        if validator.is_valid(misspelt):
            errors.append(name)
            print(f"a misspelt {name} goes unnoticed")
        if name not in optional and not name.endswith("disturbance.foreign_worst_cpu"):
            missing = copy.deepcopy(report)
            del at(missing, path[:-1])[key]
            if validator.is_valid(missing):
                errors.append(name)
                print(f"a missing {name} goes unnoticed")
        wrong = copy.deepcopy(report)
        at(wrong, path[:-1])[key] = {"no": {}}
        if validator.is_valid(wrong):
            errors.append(name)
            print(f"nonsense at {name} goes unnoticed")
    if len(seen) < 100:
        errors.append("few")
        print(f"only {len(seen)} keys were tried: the report is too small to test the schema")
    if not errors:
        print(f"the report fits, and each of {len(seen)} keys misspelt, missing or of a wrong type is refused")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
