/** Commands that run units and check the company files. */
import type { Command } from 'commander';
import { nameOf, type Unit } from '../../runtime/topology.ts';
import { runUnits } from '../run.ts';
import { examples, type Act } from './options.ts';

export interface Running {
  readonly units: readonly Unit[];
  /** Resolves when the process is told to stop. */
  readonly stopped: Promise<string>;
}
export const running = (program: Command, act: Act, { units: known, stopped }: Running): void => {
  examples(
    program
      .command('run [units...]')
      .description(`run units in this process (all when none is named): ${known.map(nameOf).join(', ')}`)
      .action((units: string[]) => act(context => runUnits(context, { units, stopped }))),
    [
      ['run', 'everything in one process'],
      ['run stock orders', 'only these; others run elsewhere'],
    ],
  );
  const policy = program.command('policy').description('the company files');
  examples(
    policy
      .command('check')
      .description('check the company files; all problems at once')
      .action(() =>
        act(async context => {
          const { hash, companies, shops } = context.policy();
          context.output.show({
            json: { hash, companies: Object.keys(companies), shops: Object.keys(shops) },
            text: `Fine: ${Object.keys(companies).join(', ')} with the shops ${Object.keys(shops).join(', ')} (${hash.slice(0, 12)}).`,
          });
          return Promise.resolve();
        }),
      ),
    [['policy check', 'the folder that ONHAND_COMPANY names']],
  );
};
