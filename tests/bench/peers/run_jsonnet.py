"""What the command line does, on a library that PyPI carries: evaluates a program and prints what it gives.

usage: run_jsonnet.py _jsonnet | _gojsonnet
"""

import importlib
import sys

sys.stdout.write(importlib.import_module(sys.argv[1]).evaluate_file("main.jsonnet"))
