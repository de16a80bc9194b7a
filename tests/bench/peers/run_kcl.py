"""What the command line does, on the library that PyPI carries: evaluates a program and prints what it gives.

usage: run_kcl.py FILE [--json]
"""

import sys

from kcl_lib import api

as_json = "--json" in sys.argv
arguments = api.ExecProgramArgs(k_filename_list=[sys.argv[1]], disable_yaml_result=as_json)
result = api.API().exec_program(arguments)
if result.err_message:
    sys.exit(result.err_message)
print(result.json_result if as_json else result.yaml_result)
