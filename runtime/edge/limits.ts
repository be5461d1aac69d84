/** What one caller may ask of the edge, so that none can take it from the others. */

export interface Limits {
  /** Of one body; beyond it 413. */
  readonly bodyBytes: number;
  /** Within which headers and body must have arrived; beyond it 408. */
  readonly requestMs: number;
  /** Within which a delivery must be durable; beyond it 503, so that the channel delivers it again. */
  readonly answerMs: number;
  /** Deliveries of one shop under way at a time; beyond it 429. Together with `bodyBytes` this bounds memory. */
  readonly inFlightPerShop: number;
  /** Open connections; beyond it new ones are dropped. */
  readonly connections: number;
}
/** Orders are kilobytes; the channels wait from five seconds (Shopify) to a minute (WooCommerce) for their answer. */
export const defaultLimits: Limits = {
  bodyBytes: 1 << 20,
  requestMs: 10_000,
  answerMs: 4_000,
  inFlightPerShop: 64,
  connections: 2_000,
};
