import { Change, Finding } from '../../model';
import { listed } from '../common';
import { at, differs, isDown, isDownAmong, listOf, passes, plain, theOne, Verdict, verdictOn } from './body';
import { DATA_PLANE_GUARDS } from './data-plane';
import { Guard, GUARDS } from './guards';

// Not weaker as such, and yet another hand on the wheel.
const OTHER_HANDS: readonly { readonly types: RegExp; readonly path: string; readonly what: string }[] = [
  { types: /^AWS::Lambda::Function$/, path: 'Role', what: 'The function' },
  { types: /^AWS::Batch::JobDefinition$/, path: 'ContainerProperties.JobRoleArn', what: 'The job' },
  { types: /^AWS::ECS::TaskDefinition$/, path: 'TaskRoleArn', what: 'The task' },
  { types: /^AWS::ECS::TaskDefinition$/, path: 'ExecutionRoleArn', what: 'The start of the task' },
  { types: /^AWS::SageMaker::FeatureGroup$/, path: 'RoleArn', what: 'The feature group' },
  { types: /^AWS::SageMaker::MlflowTrackingServer$/, path: 'RoleArn', what: 'The MLflow tracking server' },
  { types: /^AWS::ECR::RepositoryCreationTemplate$/, path: 'CustomRoleArn', what: 'The repository creation template' },
  { types: /^AWS::CodeBuild::Project$/, path: 'ServiceRole', what: 'The build' },
  { types: /^AWS::CodePipeline::Pipeline$/, path: 'RoleArn', what: 'The pipeline' },
  { types: /^AWS::StepFunctions::StateMachine$/, path: 'RoleArn', what: 'The state machine' },
  { types: /^AWS::SageMaker::Model$/, path: 'ExecutionRoleArn', what: 'The model' },
  { types: /^AWS::Scheduler::Schedule$/, path: 'Target.RoleArn', what: 'The schedule' },
];
const KEYS: readonly { readonly types: RegExp; readonly path: string }[] = [
  { types: /^AWS::(SQS::Queue|SNS::Topic)$/, path: 'KmsMasterKeyId' },
  { types: /^AWS::RDS::DBInstance$/, path: 'MasterUserSecret.KmsKeyId' },
  { types: /^AWS::SageMaker::FeatureGroup$/, path: 'OnlineStoreConfig.SecurityConfig.KmsKeyId' },
  { types: /^AWS::(Logs::LogGroup|RDS::DBInstance|RDS::DBCluster|EFS::FileSystem|SecretsManager::Secret)$/, path: 'KmsKeyId' },
  { types: /^AWS::S3::Bucket$/, path: 'BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault.KMSMasterKeyID' },
];

// Whoever the groups let in reaches it, and it reaches what they let out to.
const GROUPS = [
  'VpcConfig.SecurityGroupIds',
  'VpcSecurityGroupIds',
  'SecurityGroupIds',
  'SecurityGroups',
  'ComputeResources.SecurityGroupIds',
  'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups',
];

/** Where the rules read. */
export const ACCESS_PATHS: readonly { readonly types: RegExp; readonly path: string }[] = [
  ...GUARDS,
  ...DATA_PLANE_GUARDS,
  ...OTHER_HANDS,
  ...KEYS,
  // Read by code, because its names have dots.
  { types: /^AWS::RDS::DBParameterGroup$/, path: 'Parameters' },
  ...GROUPS.map((path) => ({ types: /^AWS::/, path })),
];

function joined(change: Change): Finding[] {
  return GROUPS.filter((path) => differs(change, path)).flatMap((path): Finding[] => {
    const [was, is] = [change.before, change.after].map((body) => listOf(at(body, path)).map(plain));
    const gained = is.filter((g) => !was.includes(g));
    return gained.length === 0
      ? []
      : [
          {
            class: 'access',
            conditional: true,
            why: `${theOne(change.type)} is newly a member of ${listed(gained)}: whom the ${gained.length === 1 ? 'group lets' : 'groups let'} in can reach it.`,
          },
        ];
  });
}

function isGuardDown({ guards, path, whenAdded, each }: Guard, { before, after }: Change): Verdict {
  if (before) {
    return each ? isDownAmong(guards, path, before, after) : isDown(guards, at(before, path), at(after, path));
  }
  const up = whenAdded ? passes(guards, at(after, path)) : 'yes';
  return up === 'maybe' ? up : up === 'no' ? 'yes' : 'no';
}

/** An endpoint made public, encryption or TLS weakened, a guard taken away. */
export function findWeakened(change: Change): Finding[] {
  const { type, before, after } = change;
  if (!after) {
    return [];
  }
  const guards = [...GUARDS, ...DATA_PLANE_GUARDS]
    .filter((g) => g.types.test(type))
    .flatMap((g) => verdictOn(isGuardDown(g, change), { class: 'access', why: g.why }));
  const hands = OTHER_HANDS.filter((o) => o.types.test(type) && differs(change, o.path)).map(({ what, path }): Finding => {
    const role = at(after, path);
    const may = role === undefined ? 'the role of its machine may: it has none of its own any more' : `the role ${plain(role)} may`;
    return { class: 'access', conditional: true, why: `${what} can newly do what ${may}, before: ${plain(at(before, path))}.` };
  });
  const keys = KEYS.filter((k) => k.types.test(type) && differs(change, k.path)).flatMap(({ path }): Finding[] => {
    const [was, is] = [before, after].map((body) => at(body, path));
    const [old, now] = [was, is].map((key) => (Array.isArray(key) ? listed(key.map(plain)) : plain(key)));
    const why = `${theOne(type)} is encrypted under another key: whoever may use ${now} can newly read what is new, before: ${old}.`;
    return was === undefined || is === undefined ? [] : [{ class: 'access', conditional: true, why }];
  });
  return [...guards, ...joined(change), ...hands, ...keys];
}
