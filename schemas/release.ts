/**
 * `npm run schemas:release`, before a release: keeps each fact's schema as its next version in `schemas/history`, unless it is there. A
 * schema that does not read all earlier versions, or is not read by them, stops it, and nothing is kept.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { incompatibilities } from './compatibility.ts';
import { factSchemas, schemaHistory, type AvroRecord } from './load.ts';

interface Step {
  readonly fact: string;
  readonly version: number;
  readonly schema: AvroRecord;
}
const folder = join(import.meta.dirname, 'history');
const textOf = (schema: AvroRecord): string => `${JSON.stringify(schema, null, 2)}\n`;

const steps: readonly Step[] = [...factSchemas].flatMap(([fact, schema]) => {
  const history = schemaHistory(fact);
  const last = history.at(-1);
  return last !== undefined && textOf(last) === textOf(schema) ? [] : [{ fact, version: history.length + 1, schema }];
});
const wrong = steps.flatMap(({ fact, schema }) =>
  schemaHistory(fact).flatMap((earlier, index) =>
    incompatibilities(earlier, schema).map(problem => `${fact}, against version ${index + 1}: ${problem}`),
  ),
);
if (wrong.length > 0) {
  console.error(
    `Nothing was kept:\n${wrong.map(line => `  ${line}`).join('\n')}\nAdd fields with defaults only, or make a new fact.`,
  );
  process.exitCode = 1;
} else {
  for (const { fact, version, schema } of steps) {
    mkdirSync(join(folder, fact), { recursive: true });
    writeFileSync(join(folder, fact, `${version}.avsc`), textOf(schema));
  }
  console.log(
    steps.length === 0
      ? `All ${factSchemas.size} schemas are kept as they are.`
      : steps.map(({ fact, version }) => `${fact} ${version}`).join('\n'),
  );
}
