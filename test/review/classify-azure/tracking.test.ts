import { findAzure } from '../../../lib/review/classify/azure';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  azurerm_container_app: {
    base: { name: 'mlflow' },
    changes: [
      [
        'a tracking server that trusts any certificate',
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'MLFLOW_DB_TLS', value: 'verify-full' },
                ],
              },
            ],
          },
        },
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'MLFLOW_DB_TLS', value: 'require' },
                ],
              },
            ],
          },
        },
        [
          'access: Whoever is between the tracking server and its database may read along: the certificate of the database is no longer checked.',
        ],
      ],
      [
        'a tracking server with a password',
        {
          template: {
            container: [{ name: 'mlflow', image: 'a', cpu: 1, memory: '2Gi', env: [{ name: 'MLFLOW_DB_AUTH', value: 'azure-identity' }] }],
          },
        },
        {
          template: {
            container: [{ name: 'mlflow', image: 'a', cpu: 1, memory: '2Gi', env: [{ name: 'MLFLOW_DB_AUTH', value: 'password' }] }],
          },
        },
        ['access: A password, and no longer an identity, lets the tracking server in to its database.'],
        ['interrupt?: The tracking server signs in to its database in another way: it does not start if the database refuses that.'],
      ],
      [
        'a tracking server with other hosts',
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'MLFLOW_SERVER_ALLOWED_HOSTS', value: 'a,b' },
                ],
              },
            ],
          },
        },
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'MLFLOW_SERVER_ALLOWED_HOSTS', value: 'b,c' },
                ],
              },
            ],
          },
        },
        ['access: The tracking server answers for c, too.', 'interrupt: The tracking server refuses who calls it a.'],
        ['access: The tracking server answers for a, too.', 'interrupt: The tracking server refuses who calls it c.'],
      ],
      [
        'a tracking server with other approvers',
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'ML_APPROVERS', value: '{"housing":["ann"],"rent":["bob"]}' },
                ],
              },
            ],
          },
        },
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'ML_APPROVERS', value: '{"housing":["ann","eve"]}' },
                ],
              },
            ],
          },
        },
        ['access: eve may approve the model housing.', 'access: Whoever may use the tracking server may approve the model rent.'],
        ['interrupt?: eve may no longer approve the model housing.', 'interrupt?: Nobody but bob may approve the model rent.'],
      ],
      [
        'a tracking server that knows nobody',
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'ML_IDENTITY_HEADER', value: 'azure-easy-auth' },
                ],
              },
            ],
          },
        },
        {
          template: {
            container: [{ name: 'mlflow', image: 'a', cpu: 1, memory: '2Gi', env: [{ name: 'MLFLOW_DB_AUTH', value: 'azure-identity' }] }],
          },
        },
        ['interrupt?: The tracking server no longer knows who calls it: whoever approves models is refused.'],
      ],
      [
        'a tracking server with other artifacts',
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'MLFLOW_ARTIFACTS_DESTINATION', value: 'wasbs://a' },
                ],
              },
            ],
          },
        },
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'MLFLOW_ARTIFACTS_DESTINATION', value: 'wasbs://b' },
                ],
              },
            ],
          },
        },
        [
          'interrupt: Artifacts are looked for in wasbs://b, where it was wasbs://a: those of earlier runs are not found unless they are copied.',
        ],
        [
          'interrupt: Artifacts are looked for in wasbs://a, where it was wasbs://b: those of earlier runs are not found unless they are copied.',
        ],
      ],
      [
        'a tracking server with another database',
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'MLFLOW_DB_HOST', value: '${azurerm_postgresql_flexible_server.a.fqdn}' },
                ],
              },
            ],
          },
        },
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'MLFLOW_DB_HOST', value: '${azurerm_postgresql_flexible_server.b.fqdn}' },
                ],
              },
            ],
          },
        },
        [
          'interrupt: The tracking server keeps its runs in another database, azurerm_postgresql_flexible_server.b, where it was azurerm_postgresql_flexible_server.a: it shows none of those before.',
        ],
        [
          'interrupt: The tracking server keeps its runs in another database, azurerm_postgresql_flexible_server.a, where it was azurerm_postgresql_flexible_server.b: it shows none of those before.',
        ],
      ],
      [
        'a tracking server that tells nobody',
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'azure-identity' },
                  { name: 'ML_EVENTS', value: 'eventgrid:a' },
                ],
              },
            ],
          },
        },
        {
          template: {
            container: [{ name: 'mlflow', image: 'a', cpu: 1, memory: '2Gi', env: [{ name: 'MLFLOW_DB_AUTH', value: 'azure-identity' }] }],
          },
        },
        ['interrupt: Nothing starts any more by a model that is registered or approved.'],
      ],
      [
        'a variable of another program',
        { template: { container: [{ name: 'mlflow', image: 'a', cpu: 1, memory: '2Gi', env: [{ name: 'ML_EVENTS', value: 'a' }] }] } },
        { template: { container: [{ name: 'mlflow', image: 'a', cpu: 1, memory: '2Gi' }] } },
        [],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findAzure, type, TYPES[type]);
});
