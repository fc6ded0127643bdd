// Where everything is, and what is kept.
import { KEY, PLACE, PROJECT, REGION } from './names.mjs';

export const foundation = {
  'MlNetwork minimal': ({ gcp, stack }) => {
    new gcp.MlNetwork(stack, 'Network', PLACE);
  },
  'MlNetwork maximal': ({ gcp, core, stack }) => {
    const network = new gcp.MlNetwork(stack, 'Network', {
      ...PLACE,
      environment: core.Environment.PROD,
      cidr: '10.12.0.0/20',
      servicesCidr: '10.12.16.0/20',
      nat: false,
      flowLogs: false,
      mtu: 8896,
    });
    network.privateServices();
    new gcp.MlNetwork(stack, 'ByDefault', { ...PLACE, environment: core.Environment.PROD });
  },

  'ArtifactStore minimal': ({ gcp, stack }) => {
    new gcp.ArtifactStore(stack, 'Store', PLACE);
  },
  'ArtifactStore maximal': ({ gcp, core, stack, store, someone }) => {
    const own = new gcp.ArtifactStore(stack, 'Own', {
      ...PLACE,
      environment: core.Environment.PROD,
      versioned: true,
      checkpointExpiry: core.Duration.days(30),
      captureExpiry: core.Duration.days(90),
      softDelete: core.Duration.days(30),
      kmsKeyName: KEY,
      accessLogBucket: 'acme-logs',
      folders: [
        {
          prefix: 'data/raw',
          nearlineAfter: core.Duration.days(30),
          coldlineAfter: core.Duration.days(120),
          expiry: core.Duration.days(730),
        },
      ],
    });
    own.onObjectCreated('OnData', { prefix: 'data', topic: `projects/${PROJECT}/topics/data` });
    own.onObjectCreated('OnAnything');
    store.onObjectCreated('OnAnything');
    own.uri('data');
    for (const [name, { grants }] of Object.entries({ Own: own, Theirs: store })) {
      grants.read(`${name}Reader`, someone);
      grants.write(`${name}Writer`, someone);
    }
  },
  'ArtifactStore maximal, in two regions, permissions by folder': ({ gcp, core, stack, store, someone }) => {
    const own = new gcp.ArtifactStore(stack, 'Own', {
      ...PLACE,
      environment: core.Environment.STAGING,
      versioned: false,
      replicaRegion: 'europe-west1',
      turboReplication: true,
    });
    for (const [name, { grants }] of Object.entries({ Own: own, Theirs: store })) {
      grants.read(`${name}Reader`, someone, 'data');
      grants.write(`${name}Writer`, someone, 'models');
    }
  },

  'ImageRegistry minimal': ({ gcp, stack }) => {
    new gcp.ImageRegistry(stack, 'Registry', PLACE);
  },
  'ImageRegistry maximal': ({ gcp, core, stack, registry, someone }) => {
    const own = new gcp.ImageRegistry(stack, 'Registry', {
      ...PLACE,
      environment: core.Environment.PROD,
      immutableTags: true,
      scanning: false,
      imagesKept: 40,
      pullThrough: ['docker.io', 'quay.io', 'ghcr.io', 'public.ecr.aws', 'registry.k8s.io', 'nvcr.io'],
      kmsKeyName: KEY,
    });
    own.throughCache('ghcr.io/acme/app:1.0');
    for (const [name, { grants }] of Object.entries({ Own: own, Theirs: registry })) {
      grants.pull(`${name}Puller`, someone);
      grants.push(`${name}Pusher`, someone);
      grants.pullFromProject(`${name}Project`, '123456789012');
    }
  },

  'Secret minimal': ({ gcp, stack }) => {
    new gcp.Secret(stack, 'Token', PLACE);
  },
  'Secret maximal': ({ gcp, core, stack, secret }) => {
    const own = new gcp.Secret(stack, 'Token', {
      ...PLACE,
      environment: core.Environment.PROD,
      description: "token of the hub, ${not} a template, 'quoted'",
    });
    for (const [name, { grants }] of Object.entries({ Own: own, Theirs: secret })) {
      grants.read(`${name}User`, gcp.IamMember.user('someone@example.com'));
      grants.read(`${name}Account`, gcp.IamMember.serviceAccount(`app@${PROJECT}.iam.gserviceaccount.com`));
      grants.read(
        `${name}Pool`,
        gcp.IamMember.of('principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*'),
      );
    }
  },

  'SharedFileSystem minimal': ({ gcp, core, stack, network }) => {
    new gcp.SharedFileSystem(stack, 'Files', { ...PLACE, network, kind: core.FileSystemKind.POSIX });
  },
  'SharedFileSystem minimal, parallel': ({ gcp, core, stack, network }) => {
    new gcp.SharedFileSystem(stack, 'Files', { ...PLACE, network, kind: core.FileSystemKind.PARALLEL });
  },
  'SharedFileSystem maximal': ({ gcp, core, stack, network }) => {
    const { FilestoreTier } = gcp;
    new gcp.SharedFileSystem(stack, 'Regional', {
      ...PLACE,
      network: new gcp.MlNetwork(stack, 'Own', PLACE),
      kind: core.FileSystemKind.POSIX,
      environment: core.Environment.STAGING,
      tier: FilestoreTier.REGIONAL,
      size: core.Size.tebibytes(2),
      backups: false,
      clients: ['10.0.0.0/24'],
      kmsKeyName: KEY,
    });
    for (const tier of [FilestoreTier.BASIC_HDD, FilestoreTier.BASIC_SSD, FilestoreTier.ZONAL])
      new gcp.SharedFileSystem(stack, tier, { ...PLACE, network, kind: core.FileSystemKind.POSIX, tier, zone: `${REGION}-c` });
  },
  'SharedFileSystem maximal, parallel': ({ gcp, core, stack, store }) => {
    new gcp.SharedFileSystem(stack, 'Files', {
      ...PLACE,
      network: new gcp.MlNetwork(stack, 'Own', PLACE),
      kind: core.FileSystemKind.PARALLEL,
      environment: core.Environment.PROD,
      size: core.Size.gibibytes(36_000),
      throughput: 1000,
      zone: `${REGION}-a`,
      artifacts: store,
      gkeSupport: true,
    });
  },
};
