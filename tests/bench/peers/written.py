"""The fleet, service by service."""

from kubernetes import objects_of, print_list

APPS = {
    # <service>
    "{name}": {
        "image": "{image}",
        "port": {port},
        "variables": {
            "FEATURE_SHARD": "{shard}",
            "LOG_LEVEL": "info",
            "PORT": "{port}",
            "REGION": "eu-west-{region}",
            "SERVICE_NAME": "{name}",
        },
    },
    # </service>
}

print_list(item for name, app in APPS.items() for item in objects_of(name, **app))
