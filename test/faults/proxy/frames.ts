/** Kafka's requests and answers as a proxy sees them: whole frames, their kind, whom they are about, where an error code stands. */

/** Kafka's numbers of the requests that tests name. */
export const api = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  findCoordinator: 10,
  joinGroup: 11,
  heartbeat: 12,
  leaveGroup: 13,
  syncGroup: 14,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  addOffsetsToTxn: 25,
  endTxn: 26,
  txnOffsetCommit: 28,
} as const;
export type Api = (typeof api)[keyof typeof api];

/** Where the (first) error code stands in an answer, behind its size and correlation id; in the versions that our client speaks. */
const errorAt: Readonly<Record<number, (answer: Buffer) => number>> = {
  [api.produce]: answer => 8 + 4 + 2 + answer.readInt16BE(12) + 4 + 4,
  [api.fetch]: answer => 8 + 10 + 4 + 2 + answer.readInt16BE(22) + 4 + 4,
  [api.heartbeat]: () => 8 + 4,
  [api.endTxn]: () => 8 + 4,
};
/** The answer with another error code in it. */
export const refused = (answer: Buffer, apiKey: number, error: number): Buffer => {
  const at = errorAt[apiKey]?.(answer);
  if (at === undefined) throw new Error(`a test has answers to requests of kind ${apiKey} refused, and nobody knows how`);
  answer.writeInt16BE(error, at);
  return answer;
};

export interface Request {
  readonly apiKey: number;
  readonly correlation: number;
  /** The transactional id or group that it is about; empty where it has none. */
  readonly of: string;
}
/** These begin with the transactional id or group. */
const named: ReadonlySet<number> = new Set([
  api.produce,
  api.joinGroup,
  api.heartbeat,
  api.leaveGroup,
  api.syncGroup,
  api.initProducerId,
  api.addPartitionsToTxn,
  api.addOffsetsToTxn,
  api.endTxn,
  api.txnOffsetCommit,
]);
const textAt = (frame: Buffer, at: number): readonly [text: string, next: number] => {
  const length = at + 2 <= frame.length ? frame.readInt16BE(at) : -1;
  return length <= 0 ? ['', at + 2] : [frame.toString('utf8', at + 2, at + 2 + length), at + 2 + length];
};
/** Size, kind, version, correlation id, the client's name; then the request, in the versions before compact texts. */
export const requestOf = (frame: Buffer): Request => {
  const apiKey = frame.readInt16BE(4);
  const [, body] = textAt(frame, 12);
  return { apiKey, correlation: frame.readInt32BE(8), of: named.has(apiKey) ? textAt(frame, body)[0] : '' };
};

/** Hands on whole frames: four bytes of size, then as many. */
export const frames = (take: (frame: Buffer) => void): ((chunk: Buffer) => void) => {
  let chunks: Buffer[] = [];
  let have = 0;
  let need = 4;
  return chunk => {
    chunks.push(chunk);
    have += chunk.length;
    if (have < need) return;
    let bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    for (need = 4; bytes.length >= 4; bytes = bytes.subarray(need)) {
      need = 4 + bytes.readInt32BE(0);
      if (bytes.length < need) break;
      take(bytes.subarray(0, need));
    }
    if (bytes.length < 4) need = 4;
    chunks = bytes.length === 0 ? [] : [bytes];
    have = bytes.length;
  };
};

/** Answers that name brokers. */
export const namesBrokers: ReadonlySet<number> = new Set([api.metadata, api.findCoordinator, 60]);
/** They carry a broker's host and then its port: the proxy's is put there, so that clients stay behind it. */
export const renamed = (answer: Buffer, host: string, from: number, to: number): Buffer => {
  const mark = Buffer.concat([Buffer.from(host), Buffer.alloc(4)]);
  mark.writeInt32BE(from, mark.length - 4);
  for (let at = answer.indexOf(mark); at >= 0; at = answer.indexOf(mark, at + 1)) answer.writeInt32BE(to, at + mark.length - 4);
  return answer;
};
