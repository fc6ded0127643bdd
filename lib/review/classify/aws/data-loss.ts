import { Change, Finding } from '../../model';
import { at, differs, isTrue, listOf, numberOf, plain, recordOf, theOne } from './body';

// What is gone with a resource of the type.
const HOLDS: { readonly [type: string]: string } = {
  'AWS::Backup::BackupVault': 'its recovery points',
  'AWS::CloudFormation::Stack': 'whatever its nested stack holds',
  'AWS::Cognito::UserPool': 'its users',
  'AWS::CodeCommit::Repository': 'its commits',
  'AWS::CodeArtifact::Repository': 'its packages',
  'AWS::DocDB::DBCluster': 'its data',
  'AWS::DocDB::DBInstance': 'its data',
  'AWS::DynamoDB::GlobalTable': 'its items',
  'AWS::DynamoDB::Table': 'its items',
  'AWS::EC2::Instance': 'what is on its root volume',
  'AWS::EC2::Volume': 'its data',
  'AWS::ECR::Repository': 'its images',
  'AWS::EFS::FileSystem': 'its files',
  'AWS::EMR::Cluster': 'what its nodes hold',
  'AWS::ElastiCache::CacheCluster': 'its entries',
  'AWS::ElastiCache::ReplicationGroup': 'its entries',
  'AWS::ElastiCache::ServerlessCache': 'its entries',
  'AWS::Elasticsearch::Domain': 'its indexes',
  'AWS::FSx::FileSystem': 'its files',
  'AWS::FSx::Volume': 'its files',
  'AWS::Glue::Database': 'its table definitions',
  'AWS::Glue::Table': 'its definition',
  'AWS::KMS::Key': 'whatever is encrypted under it',
  'AWS::Kinesis::Stream': 'the records in it',
  'AWS::Logs::LogGroup': 'its logs',
  'AWS::MSK::Cluster': 'its topics',
  'AWS::MemoryDB::Cluster': 'its data',
  'AWS::Neptune::DBCluster': 'its data',
  'AWS::Neptune::DBInstance': 'its data',
  'AWS::OpenSearchService::Domain': 'its indexes',
  'AWS::OpenSearchServerless::Collection': 'its indexes',
  'AWS::Organizations::Account': 'everything in the account',
  'AWS::QLDB::Ledger': 'its journal',
  'AWS::RDS::DBCluster': 'its data',
  'AWS::RDS::DBInstance': 'its data',
  'AWS::Redshift::Cluster': 'its data',
  'AWS::RedshiftServerless::Namespace': 'its data',
  'AWS::S3::Bucket': 'its objects',
  'AWS::S3Tables::TableBucket': 'its tables',
  'AWS::S3Vectors::VectorBucket': 'its vectors',
  'AWS::SDB::Domain': 'its items',
  'AWS::SQS::Queue': 'the messages that wait in it',
  'AWS::SSM::Parameter': 'its value and history',
  'AWS::SageMaker::Domain': 'the home directories of its users',
  'AWS::SageMaker::FeatureGroup': 'its online records, and its offline ones are orphaned',
  'AWS::SageMaker::MlflowTrackingServer': 'its runs',
  'AWS::SageMaker::ModelPackage': 'the registered model',
  'AWS::SageMaker::ModelPackageGroup': 'its registered models',
  'AWS::SageMaker::NotebookInstance': 'what is on its volume',
  'AWS::SageMaker::Space': 'what is on its volume',
  'AWS::SageMaker::UserProfile': 'the home directory of its user',
  'AWS::SecretsManager::Secret': 'its value',
  'AWS::Timestream::Database': 'its tables',
  'AWS::Timestream::Table': 'its records',
};

/** Something that holds data goes, or loses a protection that it had. */
export function findDataLoss(change: Change): Finding[] {
  const holds = HOLDS[change.type];
  return [...(holds ? [...gone(change, holds), ...weakerPolicy(change)] : []), ...(RULES[change.type] ?? []).flatMap((rule) => rule(change)), ...protections(change)];
}

function gone(change: Change, holds: string): Finding[] {
  const how = change.action;
  if (how === 'add' || (how === 'update' && change.replacement === 'no') || (how === 'update' && change.replacement === 'unknown')) {
    return [];
  }
  const removed = how === 'remove' || how === 'move';
  const policies = removed ? [change.before?.DeletionPolicy] : [change.before?.UpdateReplacePolicy, change.after?.UpdateReplacePolicy];
  if (policies.every((p) => String(p).startsWith('Retain'))) {
    return [];
  }
  const it = theOne(change.type);
  const verb = how === 'remove' ? 'is removed' : how === 'move' ? 'is removed under its old id' : change.replacement === 'yes' ? 'is replaced' : 'may be replaced';
  const snapshot = policies.some((p) => p === 'Snapshot') && policies.every((p) => p === 'Snapshot' || String(p).startsWith('Retain'));
  const conditional = change.replacement === 'conditional' && how !== 'move' ? { conditional: true } : {};
  if (snapshot) {
    return [{ class: 'data-loss', why: `${it} ${verb}: ${holds} survive in a final snapshot only.`.replace('its data survive', 'its data survives'), ...conditional }];
  }
  const old = removed ? 'it' : 'the old one';
  const refused = ['AWS::S3::Bucket', 'AWS::ECR::Repository'].includes(change.type) && !isTrue(at(change.before, 'EmptyOnDelete')) && !emptiesItself(change);
  const end = refused ? `${holds} are lost, or the deployment fails while there are any` : `${holds} ${/s\b.*|what/.test(holds) && !/its (data|value|definition|journal)/.test(holds) ? 'are' : 'is'} lost`;
  return [{ class: 'data-loss', why: `${it} ${verb} and ${old === 'it' ? 'not retained' : 'the old one is not retained'}: ${end}.`, ...conditional }];
}

function emptiesItself(change: Change): boolean {
  return listOf(at(change.before, 'Tags')).some((tag) => recordOf(tag).Key === 'aws-cdk:auto-delete-objects');
}
