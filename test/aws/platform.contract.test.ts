import { MlPlatform } from '../../lib/aws/platform';
import { platformContract } from '../contract/platform';
import { Resource, Rendered } from '../contract/room';
import { ROOM } from './helper';

const of = ({ resources }: Rendered, type: string) => resources.filter((r) => r.type === type).map(bodyOf);
const bodyOf = (r: Resource) => (r.body as { Properties: { [name: string]: string } }).Properties;

platformContract({
  ...ROOM,
  make: (stack, id, props) => new MlPlatform(stack, id, props),
  alarmTexts: (rendered) => of(rendered, 'AWS::CloudWatch::Alarm').map((alarm) => alarm.AlarmDescription),
  mailedTo: (rendered) =>
    of(rendered, 'AWS::SNS::Subscription')
      .filter((s) => s.Protocol === 'email')
      .map((s) => s.Endpoint),
  engines: [
    'AWS::Batch::JobQueue',
    'AWS::Lambda::Alias',
    'AWS::CodeDeploy::DeploymentGroup',
    'AWS::CodePipeline::Pipeline',
    'AWS::CloudWatch::Dashboard',
    'AWS::EC2::VPC',
    'AWS::S3::Bucket',
    'AWS::ECR::Repository',
  ],
});
