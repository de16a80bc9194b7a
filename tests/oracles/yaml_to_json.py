"""Prints the documents of YAML files as one JSON list, read by PyYAML (YAML 1.1)."""

import json
import sys

import yaml

documents = []
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        documents.extend(d for d in yaml.safe_load_all(file) if d is not None)
json.dump(documents, sys.stdout)
