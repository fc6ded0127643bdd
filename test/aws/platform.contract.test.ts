import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { MlPlatform } from '../../lib/aws/platform';
import { MlPlatformProps, StackLayout } from '../../lib/core';
import { platformContract, PlatformSubject } from '../contract/platform';
import { Rendered, Resource, Room } from '../contract/room';
import { ENV, render, ROOM } from './helper';

const of = ({ resources }: Rendered, type: string) => resources.filter((r) => r.type === type).map(bodyOf);
const bodyOf = (r: Resource) => (r.body as { Properties: { [name: string]: string } }).Properties;

const SUBJECT: Omit<PlatformSubject, keyof Room | 'make'> = {
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
};

platformContract({ ...ROOM, ...SUBJECT, make: (stack, id, props) => new MlPlatform(stack, id, props) });

describe('with a stack for each entry', () => {
  const split = (props: MlPlatformProps): MlPlatformProps => ({
    ...props,
    targets: { ...props.targets, aws: { ...props.targets.aws!, stacks: StackLayout.PER_ENTRY } },
  });
  platformContract({
    ...ROOM,
    ...SUBJECT,
    render: (fill) => {
      const app = new App();
      fill(new Stack(app, 'Stack', { env: ENV }));
      const all = app.synth().stacks.map(({ stackName, template }) => ({ stackName, ...render(Template.fromJSON(template)) }));
      return {
        resources: all.flatMap(({ stackName, resources }) => resources.map((r) => ({ ...r, id: `${stackName}.${r.id}` }))),
        outputs: Object.assign({}, ...all.map((one) => one.outputs)),
        text: all.map((one) => one.text).join('\n'),
      };
    },
    make: (stack, id, props) => new MlPlatform(stack, id, split(props)),
  });
});
