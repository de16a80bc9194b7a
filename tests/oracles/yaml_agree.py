"""Two independent readers, of YAML 1.1 (PyYAML) and 1.2 (ruamel.yaml), must read the same from each file.

Dates, octal numbers, `yes` and sexagesimal numbers are read differently by the two versions; a file on which
both agree has none of them unquoted. Duplicate keys are refused as well.
"""

import sys

import ruamel.yaml
import yaml

failed = 0
for name in sys.argv[1:]:
    try:
        with open(name, encoding="utf-8") as file:
            text = file.read()
        old = list(yaml.safe_load_all(text))
        reader = ruamel.yaml.YAML(typ="safe", pure=True)
        reader.allow_duplicate_keys = False
        new = list(reader.load_all(text))
        # What is written back must read the same: nothing hangs on the first text's layout.
        again = list(yaml.safe_load_all(yaml.safe_dump_all(old)))
        if repr(old) != repr(new):
            raise ValueError(f"PyYAML reads {old!r}, ruamel.yaml {new!r}")
        if old != again:
            raise ValueError("read, written and read again, it is another document")
    except (yaml.YAMLError, ruamel.yaml.error.YAMLError, ValueError, UnicodeError) as error:
        print(f"{name}: {error}")
        failed += 1
sys.exit(1 if failed else 0)
