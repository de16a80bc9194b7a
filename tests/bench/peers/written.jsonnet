// The fleet, service by service.
local kubernetes = import 'kubernetes.jsonnet';

local apps = [
  // <service>
  {
    name: '{name}',
    image: '{image}',
    port: {port},
    variables: {
      FEATURE_SHARD: '{shard}',
      LOG_LEVEL: 'info',
      PORT: '{port}',
      REGION: 'eu-west-{region}',
      SERVICE_NAME: '{name}',
    },
  },
  // </service>
];

{
  apiVersion: 'v1',
  kind: 'List',
  items: std.flatMap(function(app) kubernetes.objectsOf(app.name, app), apps),
}
