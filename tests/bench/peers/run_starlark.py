"""Starlark in Rust, on a library that PyPI carries: runs files in order, in one scope.

usage: run_starlark.py FILE…
"""

import sys

import starlark

text = "\n".join(open(name, encoding="utf-8").read() for name in sys.argv[1:])
scope = starlark.Module()
scope.add_callable("print", sys.stdout.write)
known = starlark.Globals.extended_by([starlark.LibraryExtension.Json])
starlark.eval(scope, starlark.parse(sys.argv[-1], text), known)
