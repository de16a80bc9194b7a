"""The objects of a service, as plain dictionaries, and how they are printed."""

import json
import sys

import yaml

PROFILES = [
    ("amd64", {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}}),
    ("arm64", {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"cpu": "500m", "memory": "1Gi"}}),
    ("arm", {"requests": {"cpu": "125m", "memory": "256Mi"}, "limits": {"cpu": "250m", "memory": "512Mi"}}),
]


def probe(path):
    return {"httpGet": {"path": path, "port": "http"}, "periodSeconds": 10}


def affinity_to(arch):
    expression = {"key": "kubernetes.io/arch", "operator": "In", "values": [arch]}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


def deployment_of(name, image, port, variables, arch, resources):
    labels = {"app": name, "arch": arch}
    container = {
        "name": name,
        "image": image,
        "ports": [{"name": "http", "containerPort": port}],
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "resources": resources,
        "livenessProbe": probe("/healthz"),
        "readinessProbe": probe("/readyz"),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"{name}-{arch}", "labels": labels},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"affinity": affinity_to(arch), "containers": [container]},
            },
        },
    }


def service_of(name, port):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "selector": {"app": name},
            "ports": [{"name": "http", "port": port, "targetPort": "http"}],
        },
    }


def autoscaler_of(name):
    target = {"type": "Utilization", "averageUtilization": 70}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{name}-amd64"},
            "minReplicas": 3,
            "maxReplicas": 9,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def objects_of(name, image, port, variables):
    """The five objects of a service."""
    for arch, resources in PROFILES:
        yield deployment_of(name, image, port, variables, arch, resources)
    yield service_of(name, port)
    yield autoscaler_of(name)


class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    """Writes a shared dictionary out wherever it stands."""

    def ignore_aliases(self, data):
        return True


def print_list(items):
    """Prints the list, as YAML or with `--json` as JSON."""
    whole = {"apiVersion": "v1", "kind": "List", "items": list(items)}
    if "--json" in sys.argv:
        # On one line, which Python's own encoder writes several times as fast.
        sys.stdout.write(json.dumps(whole))
    else:
        yaml.dump(whole, sys.stdout, Dumper=Dumper, sort_keys=False)
