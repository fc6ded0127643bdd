// Names of what others own.
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const REPOSITORY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/acme/predict`;
export const IMAGE = `${REPOSITORY}:1.4`;
export const arnOf = (service, resource) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
export const VPC = 'vpc-0a1b2c3d4e5f60718';
export const ZONES = ['a', 'b'].map((zone) => `${REGION}${zone}`);
export const SUBNETS = ['subnet-0a1b2c3d4e5f60718', 'subnet-1a2b3c4d5e6f70819'];
export const GROUP = 'sg-0a1b2c3d4e5f60718';
export const DATABASE_SECRET = arnOf('secretsmanager', 'secret:mlflow-AbCdEf');
