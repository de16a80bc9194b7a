"""The fleet as one loop."""

from kubernetes import objects_of, print_list


def objects_at(i):
    name = f"svc-{i:05}"
    port = 8000 + i % 1000
    return objects_of(
        name,
        f"registry.example.com/team-{i % 17}/{name}:1.{i % 50}.{i % 7}",
        port,
        {
            "FEATURE_SHARD": str(i % 16),
            "LOG_LEVEL": "info",
            "PORT": str(port),
            "REGION": f"eu-west-{i % 3 + 1}",
            "SERVICE_NAME": name,
        },
    )


print_list(item for i in range(NUMBER) for item in objects_at(i))
