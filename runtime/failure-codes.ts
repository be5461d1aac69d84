/** The catalogue of failure codes: what each means and what the operator does. The failures page is generated from it. */

export interface FailureEntry {
  readonly code: string;
  readonly means: string;
  readonly todo: string;
}

export const failureCodes = [
  // runtime
  {
    code: 'KAFKA_UNREACHABLE',
    means: 'No broker answers at the address given.',
    todo: 'Start the broker or correct KAFKA_BROKERS; the unit keeps trying.',
  },
  {
    code: 'KAFKA_VERSION',
    means: 'The installed Kafka client is not the version whose faults are mended here.',
    todo: 'Install exactly the version that package.json pins.',
  },
  {
    code: 'KAFKA_REFUSED',
    means: 'The broker refused a request for a reason that trying again will not mend.',
    todo: 'Read the broker error in the message; usually rights or a setting of the topic.',
  },
  {
    code: 'OFFSET_OUT_OF_RANGE',
    means: 'A position lies outside what the topic still holds.',
    todo: 'In a replay: name offsets that the topic still holds. At the start of a unit: retention took unread records, or the topic was made anew; see `onhand topics plan`. This release has no command that moves a position.',
  },
  { code: 'TOPIC_MISSING', means: 'A topic that a unit reads or writes does not exist.', todo: 'Run `onhand topics apply`.' },
  {
    code: 'TOPIC_PARTITIONS',
    means: 'Inputs of one processor differ in partition count or key.',
    todo: 'Counts never change: make a new topic version with the count of the others and migrate.',
  },
  { code: 'SCHEMA_MISSING', means: 'A schema that a unit writes is not registered.', todo: 'Run `onhand schemas apply`.' },
  {
    code: 'SCHEMA_INCOMPATIBLE',
    means: 'A schema cannot read what an earlier version wrote, or the other way round.',
    todo: 'Add fields with defaults only; otherwise make a new fact.',
  },
  {
    code: 'SCHEMA_UNKNOWN',
    means: 'A record names a schema id that the registry does not know.',
    todo: 'Check SCHEMA_REGISTRY_URL and who wrote the record.',
  },
  {
    code: 'REGISTRY_UNREACHABLE',
    means: 'The schema registry does not answer.',
    todo: 'Start it or correct SCHEMA_REGISTRY_URL; the unit keeps trying.',
  },
  {
    code: 'RECORD_UNREADABLE',
    means: 'A record is not an Onhand event: no key, no schema id, or bytes that do not fit the schema.',
    todo: 'See the DLQ entry for its origin; find who wrote it.',
  },
  {
    code: 'FACT_INVALID',
    means: 'A unit returned a fact that does not fit its schema.',
    todo: 'A defect of the unit: the parked record shows the input; mend it, then `onhand parked retry`.',
  },
  {
    code: 'FACT_UNDECLARED',
    means: 'A unit returned a fact for a topic that it does not declare to write.',
    todo: "Add the topic to `writes` in the unit's index.",
  },
  {
    code: 'RULE_THREW',
    means: 'A rule threw while deciding.',
    todo: 'A defect of the unit: mend it, then `onhand parked retry`.',
  },
  {
    code: 'UNIT_UNKNOWN',
    means: 'An alarm waits for a unit that does not exist in this release.',
    todo: 'A defect of the rule that named it, or a unit was renamed: mend it, then `onhand parked retry`, which fires it without waiting.',
  },
  {
    code: 'STATE_TOO_LARGE',
    means: 'What a rule wants to keep of one key is more than a changelog takes.',
    todo: 'A defect of the unit: what grows is to be one of its Entries. Mend it, then `onhand parked retry`.',
  },
  {
    code: 'KEY_PARKED',
    means: 'An earlier event of this key is set aside; this one waits behind it.',
    todo: 'Retry or skip the first one: `onhand parked list`.',
  },
  {
    code: 'DLQ_UNWRITABLE',
    means: 'A record that cannot be read could not be written to the DLQ either.',
    todo: 'Check the DLQ topic and rights; the task stops so that nothing is lost.',
  },
  {
    code: 'POSITION_LOST',
    means: 'The committed position, the changelog and the local store disagree.',
    todo: 'The message names them: a topic was deleted and made anew, or offsets were reset by hand. Bring back what was there; never reset offsets by hand.',
  },
  {
    code: 'STATE_VERSION',
    means: 'Stored state has a version that this release cannot read.',
    todo: 'Install the release that wrote it, or one that names an upgrade.',
  },
  {
    code: 'SETTINGS_INVALID',
    means: 'Settings or files are wrong; all problems are listed.',
    todo: 'Correct what is listed and start again.',
  },
  {
    code: 'AUTHORITY_CONFLICT',
    means: 'Two authors are named for one thing, or none.',
    todo: 'Name exactly one in the authority file.',
  },
  {
    code: 'KEY_MISSING',
    means: 'A data key was erased or never existed, so the sealed field stays closed.',
    todo: 'Nothing, when the person asked to be erased; else check the key store.',
  },
  {
    code: 'DATA_IN_USE',
    means: 'Another process of this machine runs the same unit on the same folder of local stores.',
    todo: 'Give each process an ONHAND_DATA of its own, or end the other one.',
  },
  {
    code: 'KEY_STORE_UNREACHABLE',
    means: 'The key store does not answer.',
    todo: 'Start the database or correct KEYS_URL; the unit keeps trying.',
  },
  {
    code: 'INFRA_MISSING',
    means: 'No broker and registry are given, and none can be started here.',
    todo: 'Give KAFKA_BROKERS and SCHEMA_REGISTRY_URL, or install Java 17 with Maven.',
  },
  // intake
  {
    code: 'SIGNATURE_MISMATCH',
    means: 'A delivery was not signed with an active secret of the shop.',
    todo: 'Compare the secret in the channel with the settings.',
  },
  {
    code: 'SIGNATURE_STALE',
    means: 'A signed delivery is older or newer than the window.',
    todo: 'Check the clocks; a replayed delivery is refused on purpose.',
  },
  {
    code: 'BODY_MALFORMED',
    means: 'A delivery is not the JSON that the channel documents.',
    todo: 'Look at the sender; nothing was stored.',
  },
  {
    code: 'BODY_TOO_LARGE',
    means: 'A delivery exceeds the size limit.',
    todo: 'Look at the sender: an order is kilobytes, the limit is 1 MiB. Nothing was stored.',
  },
  {
    code: 'MEDIA_TYPE',
    means: 'A delivery is neither JSON nor a form, or it is compressed.',
    todo: 'Look at the sender, or at a proxy that compresses; nothing was stored.',
  },
  {
    code: 'REQUEST_TIMEOUT',
    means: 'A request did not arrive in time.',
    todo: 'Look at the sender and at what stands in front of Onhand; nothing was stored.',
  },
  {
    code: 'REQUEST_REFUSED',
    means: 'A request is not HTTP as it is written down, or its headers are too large.',
    todo: 'Look at the sender and at what stands in front of Onhand; nothing was stored.',
  },
  {
    code: 'BUSY',
    means: 'Too many deliveries of one shop are under way.',
    todo: 'Nothing: the channel delivers again. If it lasts, look whether the broker is slow (`onhand_transaction_seconds`).',
  },
  {
    code: 'CHANNEL_UNREACHABLE',
    means: 'A channel does not answer a poll.',
    todo: 'Check its address and state; the poll repeats.',
  },
  { code: 'CHANNEL_REFUSED', means: 'A channel refused a poll (rights or address).', todo: 'Check the credentials of the shop.' },
  {
    code: 'DELIVERY_UNTRANSLATABLE',
    means: 'A delivery says something that the mapping cannot express.',
    todo: 'Read the reason; mend the mapping or the data, then `onhand parked retry`.',
  },
  {
    code: 'AMOUNT_INVALID',
    means: 'An amount does not exist in the minor unit of its currency.',
    todo: 'Correct it in the channel; the next delivery is translated.',
  },
  // Odoo
  {
    code: 'ODOO_UNREACHABLE',
    means: 'Odoo does not answer, or answers that it is down.',
    todo: 'Start Odoo or correct ODOO_URL; the sink waits and goes on by itself.',
  },
  {
    code: 'ODOO_CREDENTIALS',
    means: 'Odoo refuses the login.',
    todo: 'Correct ODOO_LOGIN and ODOO_API_KEY; the sink is paused and tries again.',
  },
  {
    code: 'ODOO_RIGHTS',
    means: 'The Odoo user may not do what is needed.',
    todo: 'Give the integration user the groups that the README lists.',
  },
  {
    code: 'ODOO_VERSION',
    means: 'Odoo lacks a model, field or method: another version or a missing module.',
    todo: 'Install the modules that the README lists.',
  },
  { code: 'ODOO_CONFLICT', means: 'Odoo could not serialize concurrent updates.', todo: 'Nothing: tried again.' },
  {
    code: 'ODOO_REFUSED',
    means: 'Odoo refuses this record for what it says.',
    todo: "Read Odoo's message, correct the data, then `onhand parked retry`.",
  },
  {
    code: 'ODOO_TAX_UNKNOWN',
    means: 'A tax of the order has no counterpart in Odoo.',
    todo: 'Map it in the company file or create it in Odoo, then `onhand parked retry`.',
  },
  {
    code: 'ODOO_PRODUCT_UNKNOWN',
    means: 'A product or service of the order does not exist in Odoo.',
    todo: 'Create it, then `onhand parked retry`.',
  },
  {
    code: 'ODOO_AMOUNTS_DIFFER',
    means: "Odoo's totals differ from the channel's by more than may be labelled as rounding.",
    todo: 'Compare the taxes; the order stays a quotation until retried.',
  },
  {
    code: 'ODOO_ANSWER',
    means: 'Odoo answered something that is not JSON-RPC.',
    todo: 'Check ODOO_URL and what stands in front of Odoo.',
  },
  // ledger
  {
    code: 'LEDGER_UNREACHABLE',
    means: 'The ledger database does not answer.',
    todo: 'Start it or correct LEDGER_URL; the sink waits.',
  },
  {
    code: 'LEDGER_SCHEMA_MISSING',
    means: 'The ledger database lacks our tables, or has those of an older release.',
    todo: 'Run `onhand ledger migrate`; the sink goes on by itself.',
  },
  {
    code: 'LEDGER_REFUSED',
    means: 'The ledger refuses a journal: it does not balance or an account is unknown.',
    todo: 'See the parked journal; correct the chart of accounts, then retry.',
  },
  // console
  {
    code: 'HISTORY_GONE',
    means: 'Retention has taken records that a rebuild must read, and no snapshot stands for them.',
    todo: 'Rebuild with `--snapshot FOLDER` while the history is whole, and again before retention takes more; without one, only the changelog tells the state.',
  },
  {
    code: 'NOTHING_TO_REBUILD',
    means: 'A sink has no state that follows from its history: what it brought about stands in its target.',
    todo: 'See what the target lacks: `onhand replay plan`.',
  },
  {
    code: 'SNAPSHOT_DAMAGED',
    means: 'A stored snapshot of a rebuild is not what was written.',
    todo: 'Delete the file that the message names; an older one is used, or the beginning.',
  },
  {
    code: 'REPLAY_WAITS',
    means: 'References of a replay wait for their sink.',
    todo: 'Start the sink: it works them off; `onhand lag` shows whether it runs. Then run the same plan again for what is not written.',
  },
  {
    code: 'REPLAY_INCOMPLETE',
    means: 'After a replay something is still missing in the target.',
    todo: 'See `onhand parked list` for what it refuses, mend it, retry, then plan again.',
  },
  {
    code: 'REPLAY_INTERRUPTED',
    means: 'A replay was stopped before its end.',
    todo: 'Run the same plan again: it goes on where it stopped and writes nothing twice.',
  },
  {
    code: 'REPLAY_ELSEWHERE',
    means: 'Another run of the same plan has taken over.',
    todo: 'Look at that one; `onhand audit --action replay` names who runs it.',
  },
  {
    code: 'PLAN_CHANGED',
    means: 'A replay plan no longer matches what would be done.',
    todo: 'Plan again and look at the difference.',
  },
  {
    code: 'AUDIT_UNWRITABLE',
    means:
      "The record of an operator's act could not be written. Before the act: it was refused. After it: it was done, and its end is not told.",
    todo: 'Mend what the message names (Kafka, `onhand topics apply`, `onhand schemas apply`). The message says whether anything was done; `onhand audit` shows what is recorded.',
  },
  { code: 'NOT_FOUND', means: 'What was asked for does not exist.', todo: 'Check the name.' },
  { code: 'USAGE', means: 'A command was called in a way it does not understand.', todo: 'See --help.' },
  {
    code: 'UNKNOWN_ERROR',
    means: 'An error that no rule classifies; tried again up to a limit.',
    todo: 'Report it with the log entry.',
  },
] as const satisfies readonly FailureEntry[];

export type FailureCode = (typeof failureCodes)[number]['code'];
