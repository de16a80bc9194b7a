// The objects of a service.
local profiles = [
  { arch: 'amd64', resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1', memory: '2Gi' } } },
  { arch: 'arm64', resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '500m', memory: '1Gi' } } },
  { arch: 'arm', resources: { requests: { cpu: '125m', memory: '256Mi' }, limits: { cpu: '250m', memory: '512Mi' } } },
];

local probe(path) = { httpGet: { path: path, port: 'http' }, periodSeconds: 10 };

local affinityTo(arch) = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: [arch] }] },
      ],
    },
  },
};

local deploymentOf(name, app, profile) = {
  local labels = { app: name, arch: profile.arch },
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: name + '-' + profile.arch, labels: labels },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels: labels },
      spec: {
        affinity: affinityTo(profile.arch),
        containers: [
          {
            name: name,
            image: app.image,
            ports: [{ name: 'http', containerPort: app.port }],
            env: [{ name: key, value: app.variables[key] } for key in std.objectFields(app.variables)],
            resources: profile.resources,
            livenessProbe: probe('/healthz'),
            readinessProbe: probe('/readyz'),
          },
        ],
      },
    },
  },
};

local serviceOf(name, app) = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: name, labels: { app: name } },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: app.port, targetPort: 'http' }] },
};

local autoscalerOf(name) = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: name, labels: { app: name } },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: name + '-amd64' },
    minReplicas: 3,
    maxReplicas: 9,
    metrics: [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
    ],
  },
};

{
  // The five objects of a service.
  objectsOf(name, app):: [
    deploymentOf(name, app, profiles[0]),
    deploymentOf(name, app, profiles[1]),
    deploymentOf(name, app, profiles[2]),
    serviceOf(name, app),
    autoscalerOf(name),
  ],
}
