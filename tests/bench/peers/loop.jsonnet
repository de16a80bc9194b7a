// The fleet as one loop.
local kubernetes = import 'kubernetes.jsonnet';

local objectsAt(i) =
  // Two of the three implementations format `'%05d' % i` slowly.
  local name = 'svc-' + std.substr('' + (100000 + i), 1, 5);
  local port = 8000 + i % 1000;
  kubernetes.objectsOf(name, {
    image: 'registry.example.com/team-' + (i % 17) + '/' + name + ':1.' + (i % 50) + '.' + (i % 7),
    port: port,
    variables: {
      FEATURE_SHARD: '' + (i % 16),
      LOG_LEVEL: 'info',
      PORT: '' + port,
      REGION: 'eu-west-' + (i % 3 + 1),
      SERVICE_NAME: name,
    },
  });

{
  apiVersion: 'v1',
  kind: 'List',
  items: std.flatMap(objectsAt, std.range(0, NUMBER - 1)),
}
