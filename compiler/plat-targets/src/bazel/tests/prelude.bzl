# What Bazel knows by itself, as far as the emitted files call it when they are loaded. A select() is a list, so
# that it can be added to one.

def select(arms, no_match_error = ""):
    return [{"arms": arms, "no_match_error": no_match_error}]

def transition(implementation, inputs, outputs):
    return struct(implementation = implementation, inputs = inputs, outputs = outputs)

def rule(implementation, attrs, doc, cfg = None, executable = False):
    return struct(attrs = attrs, cfg = cfg, doc = doc, executable = executable, implementation = implementation)

def _attribute(default = None, **kwargs):
    return dict(kwargs, default = default)

attr = struct(label = _attribute, label_list = _attribute, string = _attribute)

MADE = []

def _made(kind):
    def make(**kwargs):
        MADE.append(dict(kwargs, kind = kind))

    return make

cc_binary = _made("cc_binary")
oci_image = _made("oci_image")
oci_image_index = _made("oci_image_index")
oci_load = _made("oci_load")
oci_push = _made("oci_push")
py_binary = _made("py_binary")
py_test = _made("py_test")
tar = _made("tar")

def mutate(**kwargs):
    return kwargs

DefaultInfo = _made("DefaultInfo")
OutputGroupInfo = _made("OutputGroupInfo")
depset = _made("depset")

native = struct(alias = _made("alias"), test_suite = _made("test_suite"))
