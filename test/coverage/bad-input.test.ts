/** What bad input gets, line by line, and the tests that show it. */
import { everyLineIsShown, type Table } from './titles.ts';

const edge = 'test/runtime/edge/edge.test.ts';
const webhooks = 'test/producers/woocommerce/source.test.ts';
const stripe = 'test/producers/stripe/source.test.ts';
const signature = 'test/producers/stripe/signature.test.ts';
const settings = 'test/bad-input/settings.test.ts';
const missing = 'test/bad-input/missing.test.ts';
const setAside = 'test/bad-input/set-aside.test.ts';
const sink = 'test/sinks/odoo/flows.test.ts';

const badInput: Table = {
  'a wrong signature: 401': [
    [edge, 'refuses what is not authentic with one generic 401, whatever the reason'],
    [webhooks, 'refuses no signature, a wrong one, one of other bytes, one that was sent twice, and a very long one'],
    [signature, 'is accepted for any active secret, and for any of several v1 while a secret is rolled'],
    [signature, 'holds for 300 s in both directions, and not one more'],
    [
      'test/scenarios/intake.test.ts',
      '6: a wrong signature is 401 and stored nowhere; a valid delivery that is repeated is 200 and says nothing new',
    ],
  ],
  'a malformed body: 400': [
    [edge, 'refuses a malformed body with 400 and the code, and repeats nothing of it'],
    [edge, 'stores nothing that another reader could read differently'],
    [webhooks, 'refuses signed bodies that are not JSON, no object, or have no id that can be kept exactly'],
    [stripe, 'refuses a signed body that is no event'],
  ],
  'a body that is too large: 413': [[edge, 'refuses a body over the limit with 413, by its length and while it comes']],
  'a delivery that cannot be translated: set aside, others flow, retried by the command that is shown': [
    [
      setAside,
      'a delivery that cannot be translated: its order waits with all that follows, others flow, a retry tells it in order',
    ],
    [setAside, 'a delivery that is retried before its cause is mended stays, with all behind it'],
  ],
  'a line that cannot be resolved: waits by name, others flow, goes on by the command that is shown': [
    [setAside, 'a line that cannot be resolved: its order waits by name, others flow, and defining its code goes on with it'],
  ],
  'a tax that Odoo does not know: set aside, others flow, retried by the command that is shown': [
    [setAside, 'a tax that Odoo does not know: its order waits with all that follows, others flow, a retry brings it in order'],
    [
      sink,
      '33: an order whose tax Odoo does not have waits with all that follows of it; others flow; a retry brings it in order',
    ],
  ],
  'wrong settings or files: the start stops with every problem listed': [
    [settings, 'stop `onhand run` with every problem of all of them in one list'],
    [settings, 'are asked for the units that run here only'],
    [settings, 'name two authors of one thing by a code of its own when nothing else is wrong'],
    [settings, 'stop commands that read them too'],
    ['test/runtime/company-files.test.ts', 'tells the problems of all files at once'],
  ],
  'a broker, registry, database or Odoo that is missing: named with its address and what to do, and retried': [
    [missing, 'is named by `onhand ${command}`, with what to do, within seconds'],
    [missing, 'that takes the connection and says nothing is given up as well'],
    [missing, 'is named by `onhand run` with its address and what to do, again and again, until the process is told to stop'],
    ['test/kafka/missing.test.ts', 'are each named with address and what to do, and the process goes on as each appears'],
    ['test/sinks/ledger/target.test.ts', 'waits for a database that is not there, and names its address without the password'],
  ],
};

describe('each line of bad input is shown by the tests that it names', () => everyLineIsShown(badInput));
