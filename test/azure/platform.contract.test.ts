import { MlPlatform } from '../../lib/azure/platform';
import { platformContract } from '../contract/platform';
import { ROOM } from './helper';

interface Mails {
  readonly email_receiver?: { readonly email_address: string }[];
}

platformContract({
  ...ROOM,
  // Azure ML cannot run the command of an image that it does not know, so that there is always one here.
  make: (stack, id, props) => {
    const training = Object.fromEntries(
      Object.entries(props.training ?? {}).map(([name, t]) => [name, { ...t, command: t.command ?? ['python', 'train.py'] }]),
    );
    return new MlPlatform(stack, id, { ...props, training });
  },
  alarmTexts: ({ resources }) =>
    resources.filter((r) => /alert/.test(r.type)).map((r) => (r.body as { description?: string }).description ?? ''),
  mailedTo: ({ resources }) =>
    resources
      .filter((r) => r.type === 'azurerm_monitor_action_group')
      .flatMap((r) => (r.body as Mails).email_receiver?.map((e) => e.email_address) ?? []),
  engines: [
    'azurerm_machine_learning_compute_cluster',
    'azurerm_linux_web_app',
    'azurerm_application_insights_workbook',
    'azurerm_storage_account',
    'azurerm_container_registry',
  ],
});
